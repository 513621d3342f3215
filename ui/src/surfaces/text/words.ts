/** Words and characters of a text, as people see them: Thai words, emoji with modifiers, combining marks. */
import type { Stretch } from "../../labels/segments";

const WORDS = new Intl.Segmenter(undefined, { granularity: "word" });
const CHARACTERS = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Everything that a single arrow can stop at: words and, one by one, signs; no white space. */
export function words(text: string): Stretch[] {
  const found: Stretch[] = [];
  for (const { segment, index } of WORDS.segment(text)) {
    if (segment.trim() !== "") found.push({ start: index, end: index + segment.length });
  }
  return found;
}

/** Where characters begin and end, the ends of the text included. */
export function breaks(text: string): number[] {
  const found = [0];
  for (const { index, segment } of CHARACTERS.segment(text)) found.push(index + segment.length);
  return found;
}

/** The smallest run of whole words around a selection; white space at its ends falls away. */
export function snappedToWords(all: readonly Stretch[], { start, end }: Stretch): Stretch | null {
  const inside = all.filter((word) => word.end > start && word.start < end);
  const [first, last] = [inside[0], inside.at(-1)];
  return first && last ? { start: first.start, end: last.end } : null;
}

/** A selection by characters: never within one, and without white space at its ends. */
export function snappedToCharacters(text: string, stops: readonly number[], { start, end }: Stretch): Stretch | null {
  let from = stops.findLast((stop) => stop <= start) ?? 0;
  let to = stops.find((stop) => stop >= end) ?? text.length;
  while (from < to && /\s/.test(text.charAt(from))) from++;
  while (to > from && /\s/.test(text.charAt(to - 1))) to--;
  return from < to ? { start: from, end: to } : null;
}

/** Where a line's text runs: its first strong character decides, as `dir="auto"` has it. */
export function runsLeft(line: string): boolean {
  const strong = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]|\p{L}/u.exec(line);
  return strong !== null && /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(strong[0]);
}
