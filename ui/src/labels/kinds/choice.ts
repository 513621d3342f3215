/** One label out of several. */
import type { LabelKind } from "./kind";

export const KIND: LabelKind<"choice"> = {
  produces: "choice",
  is: (found): found is string => typeof found === "string",
  words: (label) => label,
  toDraft: (label, _, suggested) => ({ kind: "choice", name: suggested ? null : label }),
  toLabel: ({ name }) => name,
  isEmpty: ({ name }) => name === null,
  nothing: null,
  missing: "Choose a label first.",
  // An earlier label that is to be verified is none of the answers.
  accept: (_, suggestion, { labels }) =>
    typeof suggestion === "string" && labels.some(({ name }) => name === suggestion)
      ? { draft: { kind: "choice", name: suggestion }, says: `Suggested: ${suggestion}. Enter again submits it.` }
      : null,
  differences: (a, b) => (a === b ? 0 : 1),
  counted: false,
  parts: (label) => ({ names: [{ name: label }] }),
  drawn: false,
};
