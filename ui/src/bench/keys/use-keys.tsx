import { createContext, useContext, useEffect, useLayoutEffect, useRef } from "react";

import { cap } from "./chords";
import type { Action } from "./presets";
import { KeyRouter, type Handlers } from "./router";

export const Router = createContext(new KeyRouter());

export const EDITOR = 10;
export const REVIEW = 20;
export const BENCH = 0;

/** Listens as long as the component stands; the handlers of the last render count. */
export function useKeys(priority: number, handlers: Handlers): void {
  const router = useContext(Router);
  const latest = useRef(handlers);
  useLayoutEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => router.add(priority, () => latest.current), [router, priority]);
}

/** The key caps of an action. */
export function Keys({ of }: { of: Action }): React.ReactNode {
  const router = useContext(Router);
  const chord = router.capsOf(of)[0];
  return chord === undefined ? null : <kbd aria-hidden="true">{cap(chord)}</kbd>;
}
