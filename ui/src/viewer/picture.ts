/** Draws boxes and points on a picture that keeps its aspect ratio. */
import { colorOf } from "../labels/colors";
import type { Rect, Size } from "../labels/geometry";
import { crisp, paintBox, paintPoint, paintRegion, paintTag, type Style } from "../labels/paint";
import { fit, rectOnScreen, toScreen, type Viewport } from "../labels/viewport";
import type { Drawn, Standing } from "./objects";

/** So many pixels of the picture's width an object needs before its name is written beside it. */
const ROOM = 40;

export function paintLabel(
  canvas: HTMLCanvasElement,
  { label, labels, image, regions }: { label: Drawn; labels: readonly string[]; image: Size; regions: readonly Rect[] },
): Viewport {
  const box = { width: canvas.clientWidth, height: canvas.clientHeight };
  const view = fit(image, box);
  const context = crisp(canvas, box.width, box.height);
  if (!context) return view;
  context.clearRect(0, 0, box.width, box.height);
  const roomy = box.width >= 160 && label.boxes.length + label.points.length <= box.width / ROOM;
  const named = (standing: Standing): boolean => standing === "mine" || standing === "theirs" || (roomy && standing === "plain");
  for (const one of [...label.boxes].sort((a, b) => b.width * b.height - a.width * a.height)) {
    const style = styleOf(colorOf(one.label, labels), one.standing);
    const rect = rectOnScreen(view, one);
    paintBox(context, rect, style);
    if (!named(one.standing)) continue;
    // What is missing is named below, so that it leaves the place above to what is there instead.
    if (style.ghost) paintTag(context, `missing: ${one.label}`, { x: rect.left, y: rect.top + rect.height + 18 }, style, box);
    else paintTag(context, one.label, { x: rect.left, y: rect.top }, style, box);
  }
  for (const one of label.points) {
    const style = styleOf(colorOf(one.label, labels), one.standing);
    const place = toScreen(view, one);
    paintPoint(context, place, { ...style, hollow: !one.visible });
    if (named(one.standing)) paintTag(context, style.ghost ? `missing: ${one.label}` : one.label, { x: place.x + 8, y: place.y }, style, box);
  }
  regions.forEach((region, at) => paintRegion(context, rectOnScreen(view, region), String(at + 1)));
  return view;
}

function styleOf(color: string, standing: Standing): Style {
  return { color, strong: standing === "mine", ghost: standing === "theirs", faint: standing === "same" };
}
