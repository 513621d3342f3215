/** Boxes, or points, on a picture. */
import { useRef, useState } from "react";

import { useBench } from "../bench/context";
import { EDITOR, useKeys } from "../bench/keys/use-keys";
import { AttributePanel } from "../bench/views/AttributePanel";
import { Frame } from "../bench/views/Frame";
import { LabelPanel } from "../bench/views/LabelPanel";
import { ObjectList } from "../bench/views/ObjectList";
import { ToolButton } from "../bench/views/ToolButton";
import { cut, snapped, type Rect, type XY } from "../labels/geometry";
import { attributesOf, inShort, missing, relabelled } from "../labels/attributes";
import type { BoxObject } from "../labels/kinds/boxes";
import type { PointObject } from "../labels/kinds/points";
import { again } from "../labels/objects";
import { ImageSurface, type SurfaceControls } from "../surfaces/image/ImageSurface";
import { briefShape, describeShape, isBox, shapeMoved, shapeResized, type Shape } from "../surfaces/image/shapes";
import { usePicture } from "../surfaces/image/use-picture";
import { Columns } from "./ItemView";
import { editorOf, type DraftOf, type EditorProps } from "./types";
import { useObjects } from "./use-objects";

interface Props extends Omit<EditorProps, "draft" | "set"> {
  kind: "boxes" | "points";
  shapes: readonly Shape[];
  set: (shapes: Shape[], tag?: string) => void;
}

function ShapesView({ task, batch, kind, shapes, set, banner }: Props): React.ReactNode {
  const { engine, settings, set: setSettings } = useBench();
  const surface = useRef<SurfaceControls>(null);
  const names = batch.labels.map(({ name }) => name);
  const [armed, setArmed] = useState(names[0] ?? "");
  const { selected, select, add, put, remove } = useObjects(shapes, set, describeShape);
  const { media } = task.item;
  const { image } = usePicture(media?.url ?? "");
  // Where the server does not know the size, nothing is drawn before the picture is there.
  const sized = Boolean(image ?? (media?.width && media.height));
  const size = { width: media?.width ?? image?.naturalWidth ?? 4, height: media?.height ?? image?.naturalHeight ?? 3 };

  const addBox = (rect: Rect, scale: number): void => {
    if (kind === "boxes" && sized) add((id) => snapped<BoxObject>({ ...rect, id, label: armed, suggested: false }, scale));
  };
  const addPoint = ({ x, y }: XY, scale: number): void =>
    add((id) => snapped<PointObject>({ x, y, id, label: armed, visible: true, suggested: false }, scale));
  const pick = (name: string): void => {
    setArmed(name);
    if (selected) put(relabelled(selected, name, batch.labels));
    engine.say(selected ? `It is now ${name}.` : `${name} is chosen for what comes next.`);
  };
  /** In the middle of what can be seen. */
  const draw = (): void => {
    const sight = surface.current?.sight();
    if (!sight || !sized) return;
    const seen = cut(sight.rect, size) ?? { left: 0, top: 0, ...size };
    const middle = { x: seen.left + seen.width / 2, y: seen.top + seen.height / 2 };
    if (kind === "points") return addPoint(middle, sight.scale);
    const [width, height] = [seen.width / 4, seen.height / 4];
    addBox({ left: middle.x - width / 2, top: middle.y - height / 2, width, height }, sight.scale);
    engine.say("A box: arrows move it, Alt and arrows size it.");
  };

  useKeys(EDITOR, {
    on: {
      draw,
      duplicate: () => {
        if (!selected) return false;
        add((id) => shapeMoved(again(selected, id), 10, 10, size));
        return true;
      },
      visible: () => (selected && !isBox(selected) ? put({ ...selected, visible: !selected.visible }) : false),
      zoomIn: () => surface.current?.zoom(1.25),
      zoomOut: () => surface.current?.zoom(0.8),
      fit: () => surface.current?.refit(),
    },
    arrow: ({ dx, dy, shift, alt, ctrl }) => {
      if (!selected || ctrl) return false;
      const step = shift ? 10 : 1;
      const next = alt ? shapeResized(selected, { h: 1, v: 1 }, dx * step, dy * step, size) : shapeMoved(selected, dx * step, dy * step, size);
      put(next, `${alt ? "size" : "nudge"}-${selected.id}`);
      return true;
    },
  });

  const extra = Object.entries(task.item.extra);
  return (
    <Frame
      banner={banner}
      stage={
        media ? (
          <ImageSurface
            ref={surface}
            url={media.url}
            size={size}
            alt={`Item ${task.item.key}`}
            shapes={sized ? shapes : []}
            selected={sized ? selected : null}
            labels={names}
            names={settings.names}
            armed={armed}
            renew={() => engine.refresh()}
            draws={kind === "boxes"}
            onSelect={(shape) => select(shape?.id ?? null)}
            onDrawn={addBox}
            onClick={(place, over) => {
              if (kind === "points" && sized && !over) addPoint(place, surface.current?.sight().scale ?? 1);
              else select(over?.id ?? null);
            }}
            onChanged={(shape) => put(shape)}
          />
        ) : (
          <p className="bx-cover bx-center">This item has no picture.</p>
        )
      }
      tools={
        <>
          <ToolButton action="draw" icon={kind === "boxes" ? "square-plus" : "plus"} onClick={draw} />
          <ToolButton action="zoomIn" icon="zoom-in" onClick={() => surface.current?.zoom(1.25)} />
          <ToolButton action="zoomOut" icon="zoom-out" onClick={() => surface.current?.zoom(0.8)} />
          <ToolButton action="fit" icon="maximize" onClick={() => surface.current?.refit()} />
          <ToolButton action="hide" icon={settings.names ? "eye" : "eye-off"} onClick={() => setSettings({ names: !settings.names })} />
          <ToolButton action="undo" icon="arrow-back-up" onClick={engine.undo} />
          <ToolButton action="redo" icon="arrow-forward-up" onClick={engine.redo} />
          <ToolButton action="delete" icon="trash" disabled={!selected} onClick={() => selected && remove(selected.id)} />
        </>
      }
    >
      <LabelPanel labels={batch.labels} title={selected ? "Label of the selected object" : "Label of the next object"} mode="tool" chosen={new Set([selected?.label ?? armed])} onPick={pick} />
      {selected && isBox(selected) && (
        <AttributePanel label={selected.label} attributes={attributesOf(batch.labels, selected.label)} said={selected.attributes} onSay={(attributes, tag) => put({ ...selected, attributes }, tag && `${tag}-${selected.id}`)} />
      )}
      <ObjectList
        objects={shapes}
        labels={names}
        selected={selected?.id ?? null}
        describe={describeShape}
        brief={(shape) => [briefShape(shape), isBox(shape) ? inShort(shape.attributes) : ""].filter(Boolean).join(" · ")}
        lacks={(shape) => missing(shape, batch.labels)}
        onSelect={select}
        onDelete={remove}
        empty={kind === "boxes" ? "Drag on the picture to draw a box." : "Click on the picture to set a point."}
      />
      {extra.length > 0 && <Columns rows={extra} />}
    </Frame>
  );
}

export const BoxesEditor = editorOf("boxes", ({ draft, set, ...rest }: EditorProps<DraftOf<"boxes">>) => (
  <ShapesView {...rest} kind="boxes" shapes={draft.objects} set={(objects, tag) => set({ kind: "boxes", objects: objects as BoxObject[] }, tag)} />
));

export const PointsEditor = editorOf("points", ({ draft, set, ...rest }: EditorProps<DraftOf<"points">>) => (
  <ShapesView {...rest} kind="points" shapes={draft.objects} set={(objects, tag) => set({ kind: "points", objects: objects as PointObject[] }, tag)} />
));
