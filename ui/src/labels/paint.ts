/** Draws objects on a canvas, in screen pixels, so that lines and names keep their size at every zoom. */
import { inkOn } from "./colors";
import { HANDLES, handlePlace, type Rect, type XY } from "./geometry";

export interface Style {
  color: string;
  /** Still only suggested. */
  dashed?: boolean;
  strong?: boolean;
  faint?: boolean;
  /** Missing here, present in what it is compared with. */
  ghost?: boolean;
}

type Context = CanvasRenderingContext2D;

const dash = ({ dashed, ghost }: Style): number[] => (ghost ? [2, 4] : dashed ? [7, 5] : []);

export function paintBox(context: Context, rect: Rect, style: Style): void {
  const { left, top, width, height } = rect;
  context.save();
  context.globalAlpha = style.faint ? 0.55 : 1;
  if (style.strong) {
    context.fillStyle = `${style.color}2e`;
    context.fillRect(left, top, width, height);
  }
  context.setLineDash(dash(style));
  // A dark and a light edge make the line visible on any picture.
  const edges: [string, number][] = [["rgba(0,0,0,0.55)", 4], ["rgba(255,255,255,0.75)", 3], [style.color, style.strong ? 3 : 2]];
  for (const [color, thick] of edges) {
    context.strokeStyle = color;
    context.lineWidth = thick;
    context.strokeRect(left, top, width, height);
  }
  context.restore();
}

export function paintHandles(context: Context, rect: Rect, color: string): void {
  context.save();
  context.fillStyle = "#ffffff";
  context.strokeStyle = "#1b2430";
  context.lineWidth = 1.5;
  for (const handle of HANDLES) {
    const { x, y } = handlePlace(rect, handle);
    context.beginPath();
    context.rect(x - 4, y - 4, 8, 8);
    context.fill();
    context.stroke();
  }
  context.fillStyle = color;
  context.restore();
}

export function paintPoint(context: Context, { x, y }: XY, style: Style & { hollow: boolean }): void {
  context.save();
  context.globalAlpha = style.faint ? 0.55 : 1;
  const radius = style.strong ? 7 : 5;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = style.hollow || style.ghost || style.dashed ? "rgba(255,255,255,0.6)" : style.color;
  context.fill();
  context.lineWidth = 4;
  context.strokeStyle = "rgba(0,0,0,0.6)";
  context.stroke();
  context.lineWidth = 2.5;
  context.strokeStyle = style.hollow || style.ghost || style.dashed ? style.color : "#ffffff";
  context.setLineDash(dash(style).map((length) => length / 2));
  context.stroke();
  if (style.strong) {
    context.setLineDash([]);
    context.beginPath();
    context.arc(x, y, 12, 0, 2 * Math.PI);
    context.strokeStyle = style.color;
    context.stroke();
  }
  context.restore();
}

const FONT = "600 12px system-ui, sans-serif";

/** A name at the top left of an object, kept inside the view. */
export function paintTag(context: Context, text: string, at: XY, style: Style, view: { width: number; height: number }): void {
  context.save();
  context.font = FONT;
  const shown = text.length > 28 ? `${text.slice(0, 27)}…` : text;
  const width = context.measureText(shown).width + 10;
  const left = Math.max(0, Math.min(at.x - 1, view.width - width));
  const top = at.y - 18 < 0 ? Math.max(0, at.y + 1) : at.y - 18;
  context.globalAlpha = style.faint ? 0.7 : 1;
  context.fillStyle = style.ghost ? "#ffffff" : style.color;
  context.fillRect(left, top, width, 17);
  if (style.ghost) {
    context.setLineDash([2, 3]);
    context.strokeStyle = "#333333";
    context.strokeRect(left + 0.5, top + 0.5, width - 1, 16);
  }
  context.fillStyle = style.ghost ? "#333333" : inkOn(style.color);
  context.textBaseline = "middle";
  context.fillText(shown, left + 5, top + 9);
  context.restore();
}

/** A remark's region: a quiet frame with a number. */
export function paintRegion(context: Context, rect: Rect, number: string): void {
  context.save();
  context.setLineDash([4, 3]);
  for (const [color, thick] of [["rgba(0,0,0,0.7)", 4], ["#ffffff", 2]] as const) {
    context.strokeStyle = color;
    context.lineWidth = thick;
    context.strokeRect(rect.left, rect.top, rect.width, rect.height);
  }
  if (number) paintTag(context, number, { x: rect.left, y: rect.top }, { color: "#1b2430" }, { width: 1e6, height: 1e6 });
  context.restore();
}

/** A canvas as large as its box on the screen, crisp on every display; returns its cleared context. */
export function crisp(canvas: HTMLCanvasElement, width: number, height: number): Context | null {
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}
