/** Undo and redo within one item. Values are never changed in place. */

export interface History<T> {
  past: readonly T[];
  present: T;
  future: readonly T[];
  /** Changes with the same tag one after another (a nudge, a drag) are one step. */
  tag: string;
}

const DEPTH = 200;

export const begin = <T>(present: T): History<T> => ({ past: [], present, future: [], tag: "" });

export function change<T>(history: History<T>, present: T, tag = ""): History<T> {
  if (Object.is(present, history.present)) return history;
  if (tag !== "" && tag === history.tag) return { ...history, present, future: [] };
  return { past: [...history.past, history.present].slice(-DEPTH), present, future: [], tag };
}

export function undo<T>(history: History<T>): History<T> {
  const last = history.past.at(-1);
  if (history.past.length === 0) return history;
  return { past: history.past.slice(0, -1), present: last as T, future: [history.present, ...history.future], tag: "" };
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (history.future.length === 0) return history;
  return { past: [...history.past, history.present], present: next as T, future, tag: "" };
}
