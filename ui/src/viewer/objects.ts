/** The objects of a label, each with what a comparison says about it. */
import { likeBoxes, likeNames, likePoints, likeSpans, matched } from "../labels/compare";
import type { Box, LabelJSON, Point, Span } from "../labels/values";

/** `mine`: only here; `theirs`: missing here; `plain`: nothing is compared. */
export type Standing = "plain" | "same" | "mine" | "theirs";
export type Judged<T> = T & { standing: Standing };

export interface Drawn {
  boxes: Judged<Box>[];
  points: Judged<Point>[];
  spans: Judged<Span>[];
  names: Judged<{ name: string }>[];
}

export function drawn(label: LabelJSON | null, compare: LabelJSON | null, size: number): Drawn {
  const mine = parts(label);
  const theirs = compare === null ? null : parts(compare);
  const names = judge(mine.names, theirs?.names, (a, b) => likeNames(a.name, b.name));
  return {
    boxes: judge(mine.boxes, theirs?.boxes, likeBoxes),
    points: judge(mine.points, theirs?.points, likePoints(Math.max(4, size * 0.02))),
    spans: judge(mine.spans, theirs?.spans, likeSpans),
    // A single choice that differs says so by itself.
    names: typeof label === "string" ? names.filter(({ standing }) => standing !== "theirs") : names,
  };
}

function judge<T>(mine: T[], theirs: T[] | undefined, like: (a: T, b: T) => number): Judged<T>[] {
  const as = (standing: Standing) => (one: T): Judged<T> => ({ ...one, standing });
  if (theirs === undefined) return mine.map(as("plain"));
  const found = matched(mine, theirs, like);
  return [...found.same.map(([one]) => one).map(as("same")), ...found.mine.map(as("mine")), ...found.theirs.map(as("theirs"))];
}

function parts(label: LabelJSON | null): { boxes: Box[]; points: Point[]; spans: Span[]; names: { name: string }[] } {
  const none = { boxes: [], points: [], spans: [], names: [] };
  if (label === null) return none;
  if (typeof label === "string") return { ...none, names: [{ name: label }] };
  if (Array.isArray(label)) return { ...none, names: label.map((name) => ({ name })) };
  if ("boxes" in label) return { ...none, boxes: label.boxes };
  if ("points" in label) return { ...none, points: label.points };
  if ("spans" in label) return { ...none, spans: label.spans };
  return { ...none, names: [{ name: { first: "First", second: "Second", tie: "Tie" }[label.winner] }] };
}
