/** JavaScript counts UTF-16 units, the server code points. Both directions, for one text. */

export interface Offsets {
  toCodePoint: (unit: number) => number;
  toUnit: (point: number) => number;
  length: number;
}

/** A text without astral characters (nearly all) needs no table. */
export function offsets(text: string): Offsets {
  const astral: number[] = []; // unit offsets of the first half of each pair
  for (let unit = 0; unit < text.length; unit++) {
    if ((text.codePointAt(unit) ?? 0) > 0xffff) {
      astral.push(unit);
      unit++;
    }
  }
  const length = text.length - astral.length;
  return {
    length,
    // An offset within a pair, which no caller should have, is read as the start of the pair.
    toCodePoint: (unit) => unit - below(astral, unit),
    toUnit: (point) => {
      // The k-th pair starts at astral[k], which is code point astral[k] - k.
      let low = 0;
      let high = astral.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((astral[middle] ?? 0) - middle < point) low = middle + 1;
        else high = middle;
      }
      return point + low;
    },
  };
}

/** How many of the sorted values are below `limit`. */
function below(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
