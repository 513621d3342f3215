/** Upright rectangles and points in image pixels. */

export interface Rect {
  left: number;
  top: number;
  width: number;
  height: number;
}
export interface XY {
  x: number;
  y: number;
}
export interface Size {
  width: number;
  height: number;
}
/** Which sides a handle moves: -1 left/top, 1 right/bottom, 0 none. */
export interface Handle {
  h: -1 | 0 | 1;
  v: -1 | 0 | 1;
}

export const HANDLES: readonly Handle[] = [
  { h: -1, v: -1 }, { h: 0, v: -1 }, { h: 1, v: -1 }, { h: 1, v: 0 },
  { h: 1, v: 1 }, { h: 0, v: 1 }, { h: -1, v: 1 }, { h: -1, v: 0 },
];

export const distance = (a: XY, b: XY): number => Math.hypot(a.x - b.x, a.y - b.y);
export const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(Math.max(low, high), value));

export function between(a: XY, b: XY): Rect {
  return { left: Math.min(a.x, b.x), top: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}

export function contains(rect: Rect, { x, y }: XY, margin = 0): boolean {
  return (
    x >= rect.left - margin && x <= rect.left + rect.width + margin &&
    y >= rect.top - margin && y <= rect.top + rect.height + margin
  );
}

export function iou(a: Rect, b: Rect): number {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/** The part of a rectangle inside an image; null if there is none. */
export function cut<R extends Rect>(rect: R, image: Size): R | null {
  const left = clamp(rect.left, 0, image.width);
  const top = clamp(rect.top, 0, image.height);
  const width = clamp(rect.left + rect.width, 0, image.width) - left;
  const height = clamp(rect.top + rect.height, 0, image.height) - top;
  return width > 0 && height > 0 ? { ...rect, left, top, width, height } : null;
}

/** Moves a rectangle; it keeps its size and stays inside. */
export function moved<R extends Rect>(rect: R, dx: number, dy: number, image: Size): R {
  return {
    ...rect,
    left: clamp(rect.left + dx, 0, image.width - rect.width),
    top: clamp(rect.top + dy, 0, image.height - rect.height),
  };
}

/** Moves the sides of a handle; a side pushed past its opposite turns the rectangle over. */
export function resized<R extends Rect>(rect: R, handle: Handle, dx: number, dy: number, image: Size, least = 1): R {
  let [left, right] = [rect.left, rect.left + rect.width];
  let [top, bottom] = [rect.top, rect.top + rect.height];
  if (handle.h < 0) left = clamp(left + dx, 0, image.width);
  if (handle.h > 0) right = clamp(right + dx, 0, image.width);
  if (handle.v < 0) top = clamp(top + dy, 0, image.height);
  if (handle.v > 0) bottom = clamp(bottom + dy, 0, image.height);
  const [l, w] = side(left, right, image.width, least);
  const [t, h] = side(top, bottom, image.height, least);
  return { ...rect, left: l, top: t, width: w, height: h };
}

function side(a: number, b: number, limit: number, least: number): [number, number] {
  const low = Math.min(a, b);
  const extent = Math.min(limit, Math.max(least, Math.abs(a - b)));
  return [clamp(low, 0, limit - extent), extent];
}

export function handlePlace(rect: Rect, { h, v }: Handle): XY {
  return { x: rect.left + (rect.width * (h + 1)) / 2, y: rect.top + (rect.height * (v + 1)) / 2 };
}

/** The handle within `reach` of a place, corners before sides. */
export function handleAt(rect: Rect, place: XY, reach: number): Handle | null {
  const near = HANDLES.filter((handle) => distance(handlePlace(rect, handle), place) <= reach);
  return near.sort((a, b) => Math.abs(b.h) + Math.abs(b.v) - Math.abs(a.h) - Math.abs(a.v))[0] ?? null;
}

export function onBorder(rect: Rect, place: XY, reach: number): boolean {
  const inner = { left: rect.left + reach, top: rect.top + reach, width: rect.width - 2 * reach, height: rect.height - 2 * reach };
  return contains(rect, place, reach) && !(inner.width > 0 && inner.height > 0 && contains(inner, place));
}

/** Whole pixels; a tenth where a pixel is large on the screen. */
export function snapped<T extends Rect | XY>(shape: T, scale: number): T {
  const unit = scale >= 4 ? 10 : 1;
  const round = (value: number): number => Math.round(value * unit) / unit;
  if ("x" in shape) return { ...shape, x: round(shape.x), y: round(shape.y) };
  const left = round(shape.left);
  const top = round(shape.top);
  return {
    ...shape,
    left,
    top,
    width: Math.max(1 / unit, round(shape.left + shape.width - left)),
    height: Math.max(1 / unit, round(shape.top + shape.height - top)),
  };
}
