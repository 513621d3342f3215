/** Which of two responses is better. */
import type { Winner } from "../values";
import type { LabelKind } from "./kind";

declare module "./kind" {
  interface Labels {
    preference: { winner: Winner };
  }
  interface Drafts {
    preference: { kind: "preference"; winner: Winner | null };
  }
}

const WORDS = { first: "the first is better", second: "the second is better", tie: "neither is better" };
const NAMES = { first: "First", second: "Second", tie: "Tie" };

export const KIND: LabelKind<"preference"> = {
  produces: "preference",
  is: (found): found is { winner: Winner } =>
    typeof found === "object" && found !== null && typeof (found as Record<string, unknown>)["winner"] === "string",
  words: ({ winner }) => WORDS[winner],
  toDraft: (label, _, suggested) => ({ kind: "preference", winner: suggested ? null : (label?.winner ?? null) }),
  toLabel: ({ winner }) => (winner === null ? null : { winner }),
  isEmpty: ({ winner }) => winner === null,
  nothing: null,
  missing: "Choose the better one first.",
  differences: (a, b) => (a.winner === b.winner ? 0 : 1),
  counted: false,
  parts: ({ winner }) => ({ names: [{ name: NAMES[winner] }] }),
  drawn: false,
};
