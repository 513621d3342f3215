/** The label that an item came with: the suggestion, the first column that holds one which can be drawn, else the likeliest by name. */
import type { Item } from "../../api/types";
import { isLabel, readLabel, type LabelJSON } from "../../labels/values";

const NAMED = /^(label|labels|earlier|current|annotation|class|category|prediction|truth)([_\- ].*)?$/i;

export interface Earlier {
  label: LabelJSON;
  /** "" where it came as the suggestion. */
  column: string;
}

/** A suggestion that is none of the answers is the earlier label itself. */
export function earlierLabel({ extra }: Item, suggestion: LabelJSON | null, answers: readonly string[]): Earlier | null {
  if (suggestion !== null && !(typeof suggestion === "string" && answers.includes(suggestion))) return { label: suggestion, column: "" };
  const columns = Object.entries(extra).map(([column, value]) => ({ column, label: read(value) }));
  const found = columns.filter((one): one is Earlier => one.label !== null);
  return (
    found.find(({ label }) => typeof label === "object" && !Array.isArray(label)) ??
    found.find(({ column }) => NAMED.test(column)) ??
    null
  );
}

function read(value: unknown): LabelJSON | null {
  if (typeof value === "string") return readLabel(value);
  return isLabel(value) ? value : null;
}
