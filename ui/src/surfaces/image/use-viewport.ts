/** Zoom and pan of one picture in one box: wheel, pinch, keys and drags all end here. */
import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from "react";

import type { Size, XY } from "../../labels/geometry";
import { fit, panned, zoomed, type Viewport } from "../../labels/viewport";

export interface View {
  view: Viewport;
  box: Size;
  zoom: (factor: number, place?: XY) => void;
  pan: (dx: number, dy: number) => void;
  refit: () => void;
}

const PADDING = 12;

export function useViewport(element: RefObject<HTMLElement | null>, image: Size, key: string): View {
  const [box, setBox] = useState<Size>({ width: 0, height: 0 });
  // A view that the person chose holds for one picture; without one the picture fits.
  const [chosen, setChosen] = useState<{ key: string; view: Viewport } | null>(null);

  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return;
    const measure = (): void => setBox({ width: target.clientWidth, height: target.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);

  const fitted = fit(image, box.width > 0 ? box : image, PADDING);
  const view = chosen?.key === key ? chosen.view : fitted;

  const latest = useRef({ view, box, image, key });
  useLayoutEffect(() => {
    latest.current = { view, box, image, key };
  });
  const put = useCallback((make: (view: Viewport) => Viewport) => {
    const now = latest.current;
    now.view = make(now.view);
    setChosen({ key: now.key, view: now.view });
  }, []);
  const zoom = useCallback((factor: number, place?: XY) => {
    const { box: room, image: size } = latest.current;
    put((old) => zoomed(old, place ?? { x: room.width / 2, y: room.height / 2 }, factor, size, room));
  }, [put]);
  const pan = useCallback((dx: number, dy: number) => put((old) => panned(old, dx, dy, latest.current.image, latest.current.box)), [put]);
  const refit = useCallback(() => setChosen(null), []);

  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return;
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const { left, top } = target.getBoundingClientRect();
      const place = { x: event.clientX - left, y: event.clientY - top };
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      if (event.shiftKey) pan(-event.deltaY * lines || -event.deltaX * lines, 0);
      else zoom(Math.exp((-event.deltaY * lines) / (event.ctrlKey ? 100 : 400)), place);
    };
    target.addEventListener("wheel", wheel, { passive: false });
    return () => target.removeEventListener("wheel", wheel);
  }, [element, pan, zoom]);

  return { view, box, zoom, pan, refit };
}
