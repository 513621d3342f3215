/** Where an image lies on the screen: screen = image * scale + offset. */
import { clamp, type Rect, type Size, type XY } from "./geometry";

export interface Viewport {
  scale: number;
  x: number;
  y: number;
}

const LARGEST = 40;

export function fit(image: Size, box: Size, padding = 0): Viewport {
  const scale = Math.max(1e-6, Math.min((box.width - 2 * padding) / image.width, (box.height - 2 * padding) / image.height));
  return { scale, x: (box.width - image.width * scale) / 2, y: (box.height - image.height * scale) / 2 };
}

/** Zooms so that the place under the pointer stays where it is. */
export function zoomed(view: Viewport, place: XY, factor: number, image: Size, box: Size): Viewport {
  const least = fit(image, box).scale * 0.5;
  const scale = clamp(view.scale * factor, least, Math.max(LARGEST, least));
  const by = scale / view.scale;
  return held({ scale, x: place.x - (place.x - view.x) * by, y: place.y - (place.y - view.y) * by }, image, box);
}

export function panned(view: Viewport, dx: number, dy: number, image: Size, box: Size): Viewport {
  return held({ ...view, x: view.x + dx, y: view.y + dy }, image, box);
}

/** At least a quarter of the box, or of the image if that is smaller, stays in sight. */
function held(view: Viewport, image: Size, box: Size): Viewport {
  const keep = (extent: number, room: number, offset: number): number => {
    const seen = Math.min(extent, room) / 4;
    return clamp(offset, seen - extent, room - seen);
  };
  return { ...view, x: keep(image.width * view.scale, box.width, view.x), y: keep(image.height * view.scale, box.height, view.y) };
}

export const toImage = (view: Viewport, place: XY): XY => ({ x: (place.x - view.x) / view.scale, y: (place.y - view.y) / view.scale });
export const toScreen = (view: Viewport, place: XY): XY => ({ x: place.x * view.scale + view.x, y: place.y * view.scale + view.y });

export function rectOnScreen(view: Viewport, rect: Rect): Rect {
  const { x, y } = toScreen(view, { x: rect.left, y: rect.top });
  return { left: x, top: y, width: rect.width * view.scale, height: rect.height * view.scale };
}
export function rectInImage(view: Viewport, rect: Rect): Rect {
  const { x, y } = toImage(view, { x: rect.left, y: rect.top });
  return { left: x, top: y, width: rect.width / view.scale, height: rect.height / view.scale };
}
