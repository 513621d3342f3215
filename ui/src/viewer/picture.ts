/** Draws boxes and points on a picture that keeps its aspect ratio. */
import { colorOf } from "../labels/colors";
import type { Rect, Size } from "../labels/geometry";
import { crisp, paintBox, paintPoint, paintRegion, paintTag, type Style } from "../labels/paint";
import { fit, rectOnScreen, toScreen, type Viewport } from "../labels/viewport";
import type { Drawn, Standing } from "./objects";

const CROWDED = 40;

export function paintLabel(
  canvas: HTMLCanvasElement,
  { label, labels, image, regions }: { label: Drawn; labels: readonly string[]; image: Size; regions: readonly Rect[] },
): Viewport {
  const box = { width: canvas.clientWidth, height: canvas.clientHeight };
  const view = fit(image, box);
  const context = crisp(canvas, box.width, box.height);
  if (!context) return view;
  context.clearRect(0, 0, box.width, box.height);
  const named = box.width >= 160 && label.boxes.length + label.points.length <= CROWDED;
  const tag = (name: string, standing: Standing): string => (standing === "theirs" ? `missing: ${name}` : name);
  for (const one of [...label.boxes].sort((a, b) => b.width * b.height - a.width * a.height)) {
    const style = styleOf(colorOf(one.label, labels), one.standing);
    const rect = rectOnScreen(view, one);
    paintBox(context, rect, style);
    if (named || one.standing === "mine" || one.standing === "theirs")
      paintTag(context, tag(one.label, one.standing), { x: rect.left, y: rect.top }, style, box);
  }
  for (const one of label.points) {
    const style = styleOf(colorOf(one.label, labels), one.standing);
    const place = toScreen(view, one);
    paintPoint(context, place, { ...style, hollow: !one.visible });
    if (named) paintTag(context, tag(one.label, one.standing), { x: place.x + 8, y: place.y }, style, box);
  }
  regions.forEach((region, at) => paintRegion(context, rectOnScreen(view, region), String(at + 1)));
  return view;
}

function styleOf(color: string, standing: Standing): Style {
  return { color, strong: standing === "mine", ghost: standing === "theirs", faint: standing === "same" };
}
