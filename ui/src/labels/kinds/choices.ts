/** Any number of labels. */
import { likeNames, matched } from "../matching";
import { size } from "../objects";
import type { LabelKind } from "./kind";

declare module "./kind" {
  interface Labels {
    choices: string[];
  }
  interface Drafts {
    choices: { kind: "choices"; names: string[] | null };
  }
}

export const KIND: LabelKind<"choices"> = {
  produces: "choices",
  is: (found): found is string[] => Array.isArray(found) && found.every((one) => typeof one === "string"),
  words: (label) => (label.length > 0 ? label.join(", ") : "none of the labels"),
  toDraft: (label, _, suggested) => ({ kind: "choices", names: suggested ? null : label }),
  toLabel: ({ names }) => names,
  isEmpty: ({ names }) => names === null || names.length === 0,
  nothing: { label: [], says: "No label applies" },
  missing: "Choose labels first.",
  accept: ({ names }, suggestion, { labels }) =>
    names === null && Array.isArray(suggestion) && suggestion.every((name) => labels.some((label) => label.name === name))
      ? { draft: { kind: "choices", names: suggestion }, says: "The suggested labels are chosen. Enter again submits them." }
      : null,
  differences: (a, b) => size(matched(a, b, likeNames)),
  counted: true,
  parts: (label) => ({ names: label.map((name) => ({ name })) }),
  drawn: false,
};
