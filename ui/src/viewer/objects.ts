/** The objects of a label, each with what a comparison says about it. */
import { kindOf, kinds, type Parts } from "../labels/kinds/kind";
import { likeBoxes, likeNames, likePoints, likeSpans, matched } from "../labels/matching";
import { inShort, sameAttributes } from "../labels/attributes";
import type { Box, Carried, LabelJSON, Point, Span } from "../labels/values";

/** `mine`: only here; `theirs`: missing here; `plain`: nothing is compared. */
export type Standing = "plain" | "same" | "mine" | "theirs";
export type Judged<T> = T & { standing: Standing };

export interface Drawn {
  boxes: Judged<Box>[];
  points: Judged<Point>[];
  spans: Judged<Span>[];
  names: Judged<{ name: string }>[];
  /** What objects carry beside, object by object; `mine` where the same object carries something else elsewhere. */
  carried: Judged<{ name: string; said: string }>[];
}

export function drawn(label: LabelJSON | null, compare: LabelJSON | null, size: number): Drawn {
  const mine = parts(label);
  const theirs = compare === null ? null : parts(compare);
  const names = judge(mine.names, theirs?.names, (a, b) => likeNames(a.name, b.name));
  return {
    boxes: judge(mine.boxes, theirs?.boxes, likeBoxes),
    points: judge(mine.points, theirs?.points, likePoints(Math.max(4, size * 0.02))),
    spans: judge(mine.spans, theirs?.spans, likeSpans),
    carried: [...told(mine.boxes, theirs?.boxes, likeBoxes), ...told(mine.spans, theirs?.spans, likeSpans)],
    // A single choice that differs says so by itself.
    names: typeof label === "string" ? names.filter(({ standing }) => standing !== "theirs") : names,
  };
}

function told<T extends Carried & { label: string }>(mine: T[], theirs: T[] | undefined, like: (a: T, b: T) => number): Judged<{ name: string; said: string }>[] {
  if (![...mine, ...(theirs ?? [])].some(({ attributes }) => attributes)) return [];
  const others = new Map(theirs ? matched(mine, theirs, like).same : []);
  return mine
    .filter((one) => one.attributes ?? others.get(one)?.attributes)
    .map((one) => {
      const other = others.get(one);
      const standing: Standing = theirs === undefined ? "plain" : other && sameAttributes(one, other) ? "same" : "mine";
      return { name: one.label, said: inShort(one.attributes) || "nothing more", standing };
    });
}

function judge<T>(mine: T[], theirs: T[] | undefined, like: (a: T, b: T) => number): Judged<T>[] {
  const as = (standing: Standing) => (one: T): Judged<T> => ({ ...one, standing });
  if (theirs === undefined) return mine.map(as("plain"));
  const found = matched(mine, theirs, like);
  return [...found.same.map(([one]) => one).map(as("same")), ...found.mine.map(as("mine")), ...found.theirs.map(as("theirs"))];
}

function parts(label: LabelJSON | null): Parts {
  const none = { boxes: [], points: [], spans: [], names: [] };
  return label === null ? none : { ...none, ...kinds()[kindOf(label)].parts(label) };
}
