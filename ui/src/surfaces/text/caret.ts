/** The keyboard's selection in a text: by word, or with Ctrl by character; `anchor` stays while Shift extends. */
import type { Stretch } from "../../labels/segments";

export interface Caret {
  anchor: number;
  focus: number;
}

export const stretch = ({ anchor, focus }: Caret): Stretch => ({ start: Math.min(anchor, focus), end: Math.max(anchor, focus) });

/** Moves to the word before or after; with `extend` takes it in. */
export function byWord(words: readonly Stretch[], caret: Caret | null, step: 1 | -1, extend: boolean): Caret | null {
  const first = step > 0 ? words[0] : words.at(-1);
  if (!first) return caret;
  if (!caret) return { anchor: first.start, focus: first.end };
  const { start, end } = stretch(caret);
  if (extend) {
    const { anchor, focus } = caret;
    if (step > 0) {
      // Coming back towards the anchor lets go of a word; beyond it, takes one in.
      const stop = focus < anchor ? words.find((word) => word.start > focus)?.start : words.find((word) => word.end > focus)?.end;
      return { anchor, focus: stop ?? focus };
    }
    const stop = focus > anchor ? words.findLast((word) => word.end < focus)?.end : words.findLast((word) => word.start < focus)?.start;
    return { anchor, focus: focus > anchor && stop !== undefined && stop <= anchor ? (words.findLast((word) => word.start < anchor)?.start ?? focus) : (stop ?? focus) };
  }
  const next = step > 0 ? words.find((word) => word.start >= end) : words.findLast((word) => word.end <= start);
  return next ? { anchor: next.start, focus: next.end } : caret;
}

/** Moves the end that moves by one character; without `extend` the selection becomes the one character there. */
export function byCharacter(stops: readonly number[], caret: Caret | null, step: 1 | -1, extend: boolean): Caret | null {
  const held = caret ?? { anchor: 0, focus: 0 };
  const after = (place: number): number => stops.find((stop) => stop > place) ?? place;
  const before = (place: number): number => stops.findLast((stop) => stop < place) ?? place;
  if (extend) return { ...held, focus: step > 0 ? after(held.focus) : before(held.focus) };
  const { start, end } = stretch(held);
  const from = step > 0 ? (end > start ? end : start) : before(start);
  const to = after(from);
  return to > from ? { anchor: from, focus: to } : caret;
}

/** Without a mouse: a tap takes a word, another tap stretches to its word, a tap on what is taken lets go. */
export function byTap(words: readonly Stretch[], caret: Caret | null, place: number): Caret | null {
  const word = words.find(({ start, end }) => start <= place && end > place);
  if (!word) return null;
  if (!caret) return { anchor: word.start, focus: word.end };
  const { start, end } = stretch(caret);
  if (word.start >= start && word.end <= end) return null;
  return { anchor: Math.min(start, word.start), focus: Math.max(end, word.end) };
}
