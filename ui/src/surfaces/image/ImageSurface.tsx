/** A picture with boxes or points on it: drawn by Konva, steered by pointer events of our own. */
import "konva/lib/shapes/Image";
import type { Context as KonvaContext } from "konva/lib/Context";
import { useImperativeHandle, useMemo, useRef, useState, type Ref } from "react";
import { Image, Layer, Shape as Drawing, Stage } from "react-konva/lib/ReactKonvaCore";

import { colorOf } from "../../labels/colors";
import type { Rect, Size, XY } from "../../labels/geometry";
import { paintBox } from "../../labels/paint";
import { rectInImage, rectOnScreen, toImage } from "../../labels/viewport";
import { between } from "../../labels/geometry";
import { cursorAt, drag, press, release, type Gesture, type Ground } from "./gesture";
import { IdleLayer } from "./idle-layer";
import { isBox, paintName, paintShape, type Shape } from "./shapes";
import { useMoving } from "./use-moving";
import { Unseen } from "./Unseen";
import { usePan } from "./use-pan";
import { usePicture } from "./use-picture";
import { useViewport } from "./use-viewport";

export interface SurfaceControls {
  zoom: (factor: number) => void;
  refit: () => void;
  /** The part of the image that can be seen, and screen pixels per image pixel. */
  sight: () => { rect: Rect; scale: number };
}

export interface SurfaceProps<S extends Shape> {
  ref?: Ref<SurfaceControls>;
  url: string;
  size: Size;
  alt: string;
  shapes: readonly S[];
  selected: S | null;
  labels: readonly string[];
  names: boolean;
  /** The colour of what is being drawn. */
  armed: string;
  /** Asks for a new address of the picture. */
  renew: () => Promise<void>;
  /** Whether a drag draws a rectangle; else it only clicks. */
  draws: boolean;
  onSelect: (shape: S | null) => void;
  onDrawn: (rect: Rect, scale: number) => void;
  onClick: (place: XY, over: S | null) => void;
  onChanged: (shape: S) => void;
}

export function ImageSurface<S extends Shape>(props: SurfaceProps<S>): React.ReactNode {
  const { url, size, alt, shapes, selected, labels, names, armed, draws, ref } = props;
  const element = useRef<HTMLDivElement>(null);
  const { image, failed, again } = usePicture(url, props.renew);
  const { view, box, zoom, pan, refit } = useViewport(element, size, url);
  const [gesture, setGesture] = useState<Gesture<S> | null>(null);
  const [force, setForce] = useState(false);
  const [cursor, setCursor] = useState("crosshair");
  const moving = useMoving(view);
  const [idle] = useState(() => new IdleLayer());

  useImperativeHandle(ref, () => ({
    zoom,
    refit,
    sight: () => ({ rect: rectInImage(view, { left: 0, top: 0, ...box }), scale: view.scale }),
  }));

  const ground = (touch: boolean): Ground<S> => ({ shapes, selected, image: size, scale: view.scale, force, touch });
  const place = (event: React.PointerEvent): XY => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return toImage(view, { x: event.clientX - left, y: event.clientY - top });
  };
  const panning = usePan({ pan, zoom, cancel: () => setGesture(null) });

  const down = (event: React.PointerEvent): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    if (panning.down(event)) return;
    if (event.button !== 0) return;
    setForce(event.shiftKey);
    const begun = press(place(event), { ...ground(event.pointerType === "touch"), force: event.shiftKey });
    if (begun.kind === "move" && begun.start.id !== selected?.id) props.onSelect(begun.start);
    setGesture(begun);
  };
  const move = (event: React.PointerEvent): void => {
    if (panning.move(event)) return;
    if (gesture) setGesture(drag(gesture, place(event), ground(false)));
    else if (event.pointerType === "mouse") setCursor(cursorAt(place(event), { ...ground(false), force: event.shiftKey }));
  };
  const up = (event: React.PointerEvent): void => {
    if (panning.up(event) || !gesture) return;
    setGesture(null);
    const result = release(gesture, ground(false));
    if (result.kind === "changed") props.onChanged(result.shape);
    else if (result.kind === "drawn" && draws) props.onDrawn(result.rect, view.scale);
    else if (result.kind === "clicked") props.onClick(result.place, result.over);
    else props.onClick(gesture.from, null);
  };

  const active = gesture && gesture.kind !== "draw" ? gesture.now : selected;
  const resting = useMemo(() => shapes.filter(({ id }) => id !== active?.id), [shapes, active?.id]);
  const scene = useMemo(() => ({ shapes: resting, labels, view, box, names }), [resting, labels, view, box, names]);

  return (
    <div
      ref={element}
      className={`bx-surface bx-image ${panning.grabbing ? "bx-grabbing" : ""}`}
      data-surface
      style={{ cursor: panning.grabbing ? "grabbing" : cursor }}
      tabIndex={0}
      role="application"
      aria-label={`${alt}. Picture of ${size.width} by ${size.height} pixels with ${shapes.length} objects.`}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={() => setGesture(null)}
      onContextMenu={(event) => event.preventDefault()}
    >
      <Stage width={box.width} height={box.height} listening={false}>
        <Layer listening={false} imageSmoothingEnabled={view.scale < 3}>
          {image && <Image image={image} x={view.x} y={view.y} width={size.width * view.scale} height={size.height * view.scale} />}
        </Layer>
        <Layer listening={false}>
          <Drawing sceneFunc={(context: KonvaContext) => idle.paint(context._context, scene, moving)} />
        </Layer>
        <Layer listening={false}>
          <Drawing
            sceneFunc={({ _context: context }: KonvaContext) => {
              if (active) {
                const style = { color: colorOf(active.label, labels), strong: true, dashed: active.suggested };
                paintShape(context, active, view, style);
                if (names && !gesture) paintName(context, active, view, style, box);
              }
              if (gesture?.kind === "draw" && draws) {
                paintBox(context, rectOnScreen(view, between(gesture.from, gesture.to)), { color: colorOf(armed, labels), strong: false });
              }
            }}
          />
        </Layer>
      </Stage>
      {!image && !failed && <div className="bx-skeleton bx-cover" aria-hidden="true" />}
      {failed && <Unseen again={again} />}
      {active && isBox(active) && gesture && (
        <output className="bx-measure">
          {Math.round(active.width)} × {Math.round(active.height)}
        </output>
      )}
    </div>
  );
}
