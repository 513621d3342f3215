/** What differs between two label values, object by object. */
import { kindOf, kinds } from "./kinds/kind";
import type { LabelJSON } from "./values";

/** How many things differ between two values; 0 if they say the same. */
export function differences(a: LabelJSON | null, b: LabelJSON | null): number {
  if (a === null || b === null) return a === b ? 0 : 1;
  const kind = kindOf(a);
  return kind === kindOf(b) ? kinds()[kind].differences(a, b) : 1;
}
