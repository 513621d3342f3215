/**
 * Draws the shapes that nobody touches. Few are drawn as they are; many are drawn once onto a bitmap,
 * which is moved and stretched while the view moves, and drawn anew when it rests.
 */
import { colorOf } from "../../labels/colors";
import type { Size } from "../../labels/geometry";
import type { Viewport } from "../../labels/viewport";
import { paintName, paintShape, type Shape } from "./shapes";

export const MANY = 300;
const NAMED = 80;

export interface Scene {
  shapes: readonly Shape[];
  labels: readonly string[];
  view: Viewport;
  box: Size;
  names: boolean;
}

export class IdleLayer {
  #canvas: HTMLCanvasElement | null = null;
  #drawn: Scene | null = null;

  /** `moving`: the view changes right now, so an old bitmap will do. */
  paint(context: CanvasRenderingContext2D, scene: Scene, moving: boolean): void {
    if (scene.shapes.length <= MANY) {
      paintAll(context, scene);
      return;
    }
    const old = this.#drawn;
    const fits = old?.shapes === scene.shapes && old.names === scene.names && old.box.width === scene.box.width && old.box.height === scene.box.height;
    if (!fits || (!moving && old.view !== scene.view)) this.#draw(scene);
    const { view } = this.#drawn ?? scene;
    const by = scene.view.scale / view.scale;
    if (this.#canvas) {
      context.drawImage(this.#canvas, scene.view.x - view.x * by, scene.view.y - view.y * by, scene.box.width * by, scene.box.height * by);
    }
  }

  #draw(scene: Scene): void {
    const ratio = globalThis.devicePixelRatio || 1;
    const canvas = (this.#canvas ??= document.createElement("canvas"));
    canvas.width = Math.max(1, Math.round(scene.box.width * ratio));
    canvas.height = Math.max(1, Math.round(scene.box.height * ratio));
    const context = canvas.getContext("2d");
    if (!context) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintAll(context, scene);
    this.#drawn = scene;
  }
}

function paintAll(context: CanvasRenderingContext2D, { shapes, labels, view, box, names }: Scene): void {
  for (const shape of shapes) paintShape(context, shape, view, { color: colorOf(shape.label, labels), dashed: shape.suggested });
  if (!names || shapes.length > NAMED) return;
  for (const shape of shapes) paintName(context, shape, view, { color: colorOf(shape.label, labels) }, box);
}
