/** What boxes and points have in common on a picture: hitting, moving, resizing, drawing. */
import { clamp, contains, distance, handleAt, moved, onBorder, resized, snapped, type Handle, type Size, type XY } from "../../labels/geometry";
import type { BoxObject } from "../../labels/kinds/boxes";
import type { PointObject } from "../../labels/kinds/points";
import { paintBox, paintHandles, paintPoint, paintTag, type Style } from "../../labels/paint";
import { rectOnScreen, toScreen, type Viewport } from "../../labels/viewport";

export type Shape = BoxObject | PointObject;

export const isBox = (shape: Shape): shape is BoxObject => "width" in shape;

export function shapeMoved<S extends Shape>(shape: S, dx: number, dy: number, image: Size): S {
  if (isBox(shape)) return moved(shape, dx, dy, image);
  return { ...shape, x: clamp(shape.x + dx, 0, image.width), y: clamp(shape.y + dy, 0, image.height) };
}

export function shapeResized<S extends Shape>(shape: S, handle: Handle, dx: number, dy: number, image: Size): S {
  return isBox(shape) ? (resized(shape, handle, dx, dy, image)) : shape;
}

export const shapeSnapped = <S extends Shape>(shape: S, scale: number): S => snapped(shape, scale);

/** What a press would take hold of; `reach` is in image pixels. */
export type Hit<S extends Shape> = { kind: "handle"; shape: S; handle: Handle } | { kind: "border" | "inside"; shape: S };

/** The selected shape first, then borders, then the smallest shape around the place. */
export function hit<S extends Shape>(shapes: readonly S[], selected: S | null, place: XY, reach: number): Hit<S> | null {
  if (selected && isBox(selected)) {
    const handle = handleAt(selected, place, reach);
    if (handle) return { kind: "handle", shape: selected, handle };
  }
  const ordered = selected ? [selected, ...shapes.filter(({ id }) => id !== selected.id)] : [...shapes];
  const border = ordered.find((shape) => (isBox(shape) ? onBorder(shape, place, reach / 2) : distance(shape, place) <= reach));
  if (border) return { kind: "border", shape: border };
  if (selected && isBox(selected) && contains(selected, place)) return { kind: "inside", shape: selected };
  const around = ordered.filter((shape) => isBox(shape) && contains(shape, place));
  const area = (shape: S): number => (isBox(shape) ? shape.width * shape.height : 0);
  const smallest = around.sort((a, b) => area(a) - area(b))[0];
  return smallest ? { kind: "inside", shape: smallest } : null;
}

export function paintShape(context: CanvasRenderingContext2D, shape: Shape, view: Viewport, style: Style): void {
  if (isBox(shape)) {
    const rect = rectOnScreen(view, shape);
    paintBox(context, rect, style);
    if (style.strong) paintHandles(context, rect, style.color);
  } else paintPoint(context, toScreen(view, shape), { ...style, hollow: !shape.visible });
}

export function paintName(context: CanvasRenderingContext2D, shape: Shape, view: Viewport, style: Style, box: Size): void {
  const at = isBox(shape) ? toScreen(view, { x: shape.left, y: shape.top }) : toScreen(view, shape);
  paintTag(context, shape.label, isBox(shape) ? at : { x: at.x + 9, y: at.y }, style, box);
}

export const briefShape = (shape: Shape): string =>
  isBox(shape) ? `${Math.round(shape.width)} × ${Math.round(shape.height)}` : `${Math.round(shape.x)}, ${Math.round(shape.y)}${shape.visible ? "" : ", hidden"}`;

export const describeShape = (shape: Shape): string => {
  const round = (value: number): string => String(Math.round(value));
  return isBox(shape)
    ? `${shape.label}, ${round(shape.width)} by ${round(shape.height)} at ${round(shape.left)}, ${round(shape.top)}`
    : `${shape.label}, at ${round(shape.x)}, ${round(shape.y)}${shape.visible ? "" : ", hidden"}`;
};
