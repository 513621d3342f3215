/** The label that an item came with: the first column that holds one which can be drawn, else the likeliest by name. */
import type { Item } from "../../api/types";
import { isLabel, readLabel, type LabelJSON } from "../../labels/values";

const NAMED = /^(label|labels|earlier|current|annotation|class|category|prediction|truth)([_\- ].*)?$/i;

export interface Earlier {
  label: LabelJSON;
  column: string;
}

export function earlierLabel({ extra }: Item): Earlier | null {
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
