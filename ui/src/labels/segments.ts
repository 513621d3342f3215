/** A text cut into paragraphs, and these into pieces in which the same spans hold. Offsets count UTF-16 units. */

export interface Stretch {
  start: number;
  end: number;
}
export interface Piece<S extends Stretch> extends Stretch {
  /** Longer spans first, so that shorter ones are drawn above them. */
  spans: S[];
  /** Spans that end with this piece. */
  ending: S[];
}

/** Lines without their line breaks. */
export function paragraphs(text: string): Stretch[] {
  const found: Stretch[] = [];
  let start = 0;
  for (const match of text.matchAll(/\r\n|\r|\n/g)) {
    found.push({ start, end: match.index });
    start = match.index + match[0].length;
  }
  found.push({ start, end: text.length });
  return found;
}

export function pieces<S extends Stretch>(within: Stretch, spans: readonly S[]): Piece<S>[] {
  const here = spans.filter(({ start, end }) => start < within.end && end > within.start);
  const cuts = new Set([within.start, within.end]);
  for (const { start, end } of here) {
    if (start > within.start) cuts.add(start);
    if (end < within.end) cuts.add(end);
  }
  const places = [...cuts].sort((a, b) => a - b);
  const made: Piece<S>[] = [];
  for (let at = 0; at + 1 < places.length; at++) {
    const start = places[at] ?? 0;
    const end = places[at + 1] ?? 0;
    const held = here.filter((span) => span.start <= start && span.end >= end);
    held.sort((a, b) => b.end - b.start - (a.end - a.start));
    made.push({ start, end, spans: held, ending: held.filter((span) => span.end === end) });
  }
  return made;
}
