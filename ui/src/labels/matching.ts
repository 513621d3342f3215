/** Which objects of two labels are the same. */
import { distance, iou } from "./geometry";
import type { Box, Point, Span } from "./values";

export interface Difference<T> {
  /** In both, as [mine, theirs]; the labels agree. */
  same: [T, T][];
  mine: T[];
  theirs: T[];
}

/** Greedy matching, best pairs first; `likeness` of 0 is no match. */
export function matched<T>(mine: readonly T[], theirs: readonly T[], likeness: (a: T, b: T) => number): Difference<T> {
  const pairs: { a: T; b: T; like: number }[] = [];
  for (const a of mine) for (const b of theirs) {
    const like = likeness(a, b);
    if (like > 0) pairs.push({ a, b, like });
  }
  pairs.sort((one, other) => other.like - one.like);
  const used = new Set<T>();
  const same: [T, T][] = [];
  for (const { a, b } of pairs) {
    if (used.has(a) || used.has(b)) continue;
    used.add(a);
    used.add(b);
    same.push([a, b]);
  }
  return { same, mine: mine.filter((one) => !used.has(one)), theirs: theirs.filter((one) => !used.has(one)) };
}

const CLOSE = 0.7;

export const likeBoxes = (a: Box, b: Box): number => {
  const overlap = iou(a, b);
  return a.label === b.label && overlap >= CLOSE ? overlap : 0;
};
export const likeSpans = (a: Span, b: Span): number =>
  a.label === b.label && a.start === b.start && a.end === b.end ? 1 : 0;
export const likePoints = (reach: number) => (a: Point, b: Point): number =>
  a.label === b.label && a.visible === b.visible ? Math.max(0, 1 - distance(a, b) / reach) : 0;
export const likeNames = (a: string, b: string): number => (a === b ? 1 : 0);
