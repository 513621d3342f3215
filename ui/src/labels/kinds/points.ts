/** Key points in a picture. */
import { likePoints, matched } from "../matching";
import { held, size, type Held } from "../objects";
import type { Point } from "../values";
import { counted, holdsList, type LabelKind } from "./kind";

export type PointObject = Point & Held;

declare module "./kind" {
  interface Labels {
    points: { points: Point[] };
  }
  interface Drafts {
    points: { kind: "points"; objects: PointObject[] };
  }
}

/** So many pixels apart two points still are the same. */
const REACH = 20;

export const KIND: LabelKind<"points"> = {
  produces: "points",
  is: (found): found is { points: Point[] } => holdsList(found, "points"),
  words: ({ points }) => counted(points, "point", "points"),
  toDraft: (label, _, suggested) => ({ kind: "points", objects: held(label?.points ?? [], suggested) }),
  toLabel: ({ objects }) => ({ points: objects.map(({ label, x, y, visible }) => ({ label, x, y, visible })) }),
  isEmpty: ({ objects }) => objects.length === 0,
  nothing: { label: { points: [] }, says: "There is no point to set" },
  missing: "",
  differences: (a, b) => size(matched(a.points, b.points, likePoints(REACH))),
  counted: true,
  parts: ({ points }) => ({ points }),
  drawn: true,
};
