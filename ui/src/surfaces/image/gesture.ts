/** What a press, a drag and a release mean on a picture; places are image pixels. No DOM. */
import { between, clamp, cut, type Handle, type Rect, type Size, type XY } from "../../labels/geometry";
import { hit, shapeMoved, shapeResized, shapeSnapped, type Shape } from "./shapes";

export type Gesture<S extends Shape> =
  | { kind: "draw"; from: XY; to: XY; over: S | null }
  | { kind: "move"; from: XY; start: S; now: S }
  | { kind: "resize"; from: XY; start: S; now: S; handle: Handle };

export interface Ground<S extends Shape> {
  shapes: readonly S[];
  selected: S | null;
  image: Size;
  /** Screen pixels per image pixel. */
  scale: number;
  /** Draw, whatever is under the pointer. */
  force: boolean;
  touch: boolean;
}

/** Closer than this on the screen is a click, not a drag. */
const CLICK = 4;

export function press<S extends Shape>(place: XY, { shapes, selected, scale, force, touch }: Ground<S>): Gesture<S> {
  const found = force ? null : hit(shapes, selected, place, (touch ? 18 : 8) / scale);
  if (found?.kind === "handle") return { kind: "resize", from: place, start: found.shape, now: found.shape, handle: found.handle };
  const holds = found && (found.kind === "border" || found.shape.id === selected?.id);
  if (holds) return { kind: "move", from: place, start: found.shape, now: found.shape };
  return { kind: "draw", from: place, to: place, over: found?.shape ?? null };
}

/** The cursor over a place, so that one sees what a press would do. */
export function cursorAt<S extends Shape>(place: XY, { shapes, selected, scale, force }: Ground<S>): string {
  const found = force ? null : hit(shapes, selected, place, 8 / scale);
  if (found?.kind === "handle") {
    const { h, v } = found.handle;
    return h === 0 ? "ns-resize" : v === 0 ? "ew-resize" : h === v ? "nwse-resize" : "nesw-resize";
  }
  if (found && (found.kind === "border" || found.shape.id === selected?.id)) return "move";
  return "crosshair";
}

export function drag<S extends Shape>(gesture: Gesture<S>, place: XY, { image, scale }: Ground<S>): Gesture<S> {
  const dx = place.x - gesture.from.x;
  const dy = place.y - gesture.from.y;
  switch (gesture.kind) {
    case "draw":
      return { ...gesture, to: place };
    case "move":
      return { ...gesture, now: shapeSnapped(shapeMoved(gesture.start, dx, dy, image), scale) };
    case "resize":
      return { ...gesture, now: shapeSnapped(shapeResized(gesture.start, gesture.handle, dx, dy, image), scale) };
  }
}

export type Result<S extends Shape> =
  | { kind: "drawn"; rect: Rect }
  | { kind: "clicked"; place: XY; over: S | null }
  | { kind: "changed"; shape: S };

export function release<S extends Shape>(gesture: Gesture<S>, { image, scale }: Ground<S>): Result<S> {
  if (gesture.kind !== "draw") {
    return gesture.now === gesture.start ? { kind: "clicked", place: gesture.from, over: gesture.start } : { kind: "changed", shape: gesture.now };
  }
  const rect = cut(between(gesture.from, gesture.to), image);
  const place = { x: clamp(gesture.from.x, 0, image.width), y: clamp(gesture.from.y, 0, image.height) };
  return rect && rect.width * scale >= CLICK && rect.height * scale >= CLICK ? { kind: "drawn", rect } : { kind: "clicked", place, over: gesture.over };
}
