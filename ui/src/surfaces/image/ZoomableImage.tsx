/** A picture to look at: zooms and pans, draws nothing. */
import { useRef } from "react";

import type { Media } from "../../api/types";
import { useBench } from "../../bench/context";
import { EDITOR, useKeys } from "../../bench/keys/use-keys";
import { Unseen } from "./Unseen";
import { usePan } from "./use-pan";
import { usePicture } from "./use-picture";
import { useViewport } from "./use-viewport";

export function ZoomableImage({ media, alt }: { media: Media; alt: string }): React.ReactNode {
  const { engine } = useBench();
  const element = useRef<HTMLDivElement>(null);
  const { image, failed, again } = usePicture(media.url, () => engine.refresh());
  const size = { width: media.width ?? image?.naturalWidth ?? 4, height: media.height ?? image?.naturalHeight ?? 3 };
  const { view, zoom, pan, refit } = useViewport(element, size, media.url);
  const drag = useRef<{ x: number; y: number } | null>(null);
  const panning = usePan({ pan, zoom, cancel: () => (drag.current = null) });

  useKeys(EDITOR - 1, { on: { zoomIn: () => zoom(1.25), zoomOut: () => zoom(0.8), fit: refit } });

  return (
    <div
      ref={element}
      className="bx-surface bx-image bx-look"
      data-surface
      tabIndex={0}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        if (!panning.down(event)) drag.current = { x: event.clientX, y: event.clientY };
      }}
      onPointerMove={(event) => {
        if (panning.move(event) || !drag.current) return;
        pan(event.clientX - drag.current.x, event.clientY - drag.current.y);
        drag.current = { x: event.clientX, y: event.clientY };
      }}
      onPointerUp={(event) => {
        panning.up(event);
        drag.current = null;
      }}
      onDoubleClick={refit}
    >
      {failed ? (
        <Unseen again={again} />
      ) : image ? (
        <img
          src={media.url}
          alt={alt}
          decoding="sync"
          draggable={false}
          className={view.scale > 3 ? "bx-pixels" : ""}
          style={{ width: size.width * view.scale, height: size.height * view.scale, transform: `translate(${view.x}px, ${view.y}px)` }}
        />
      ) : (
        <div className="bx-skeleton bx-cover" aria-hidden="true" />
      )}
    </div>
  );
}
