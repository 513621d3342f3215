/** Panning with the space bar or the middle button, and with two fingers, which also zoom. */
import { useEffect, useRef, useState } from "react";

import { distance, type XY } from "../../labels/geometry";
import type { View } from "./use-viewport";

interface Panning {
  /** Each returns whether the event was its own. */
  down: (event: React.PointerEvent) => boolean;
  move: (event: React.PointerEvent) => boolean;
  up: (event: React.PointerEvent) => boolean;
  grabbing: boolean;
}

export function usePan({ pan, zoom, cancel }: Pick<View, "pan" | "zoom"> & { cancel: () => void }): Panning {
  const [space, setSpace] = useState(false);
  const [grabbing, setGrabbing] = useState(false);
  const fingers = useRef(new Map<number, XY>());
  const last = useRef<XY | null>(null);
  /** Two fingers were down: what is left of the touch draws nothing. */
  const pinched = useRef(false);

  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      if (event.key !== " " || event.ctrlKey) return;
      const target = event.target;
      if (target instanceof HTMLElement && target.matches("input, textarea, select, button, a, summary")) return;
      event.preventDefault();
      setSpace(event.type === "keydown");
    };
    addEventListener("keydown", key);
    addEventListener("keyup", key);
    return () => {
      removeEventListener("keydown", key);
      removeEventListener("keyup", key);
    };
  }, []);

  const at = (event: React.PointerEvent): XY => ({ x: event.clientX, y: event.clientY });
  return {
    grabbing: grabbing || space,
    down: (event) => {
      if (event.pointerType === "touch") {
        fingers.current.set(event.pointerId, at(event));
        if (fingers.current.size < 2) {
          pinched.current = false;
          return false;
        }
        pinched.current = true;
        cancel();
        return true;
      }
      if (!(space || event.button === 1)) return false;
      last.current = at(event);
      setGrabbing(true);
      return true;
    },
    move: (event) => {
      const now = at(event);
      const mine = fingers.current.get(event.pointerId);
      if (mine && pinched.current) {
        const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
        if (other) {
          const { left, top } = event.currentTarget.getBoundingClientRect();
          zoom(distance(now, other) / Math.max(1, distance(mine, other)), { x: (now.x + other.x) / 2 - left, y: (now.y + other.y) / 2 - top });
          pan((now.x - mine.x) / 2, (now.y - mine.y) / 2);
        }
        fingers.current.set(event.pointerId, now);
        return true;
      }
      if (!last.current) return false;
      pan(now.x - last.current.x, now.y - last.current.y);
      last.current = now;
      return true;
    },
    up: (event) => {
      fingers.current.delete(event.pointerId);
      if (event.pointerType === "touch") return pinched.current;
      const mine = last.current !== null;
      last.current = null;
      setGrabbing(false);
      return mine;
    },
  };
}
