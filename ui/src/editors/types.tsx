import type { ComponentType, ReactNode } from "react";

import type { BatchInfo, Task } from "../api/types";
import type { Draft } from "../labels/draft";

export interface EditorProps<D extends Draft = Draft> {
  task: Task;
  batch: BatchInfo;
  draft: D;
  /** Changes with the same tag one after another are one step to undo. */
  set: (draft: D, tag?: string) => void;
  /** Above the item; in a review it says what is being mended. */
  banner?: ReactNode;
}

export type DraftOf<K extends Draft["kind"]> = Extract<Draft, { kind: K }>;

/** What a task type gives the bench. */
export type Editor = ComponentType<EditorProps>;

/** An editor for drafts of one kind, which the bench gives it. */
export function editorOf<K extends Draft["kind"]>(kind: K, Inner: ComponentType<EditorProps<DraftOf<K>>>): Editor {
  return function Typed({ draft, set, ...rest }: EditorProps) {
    if (draft.kind !== kind) return null;
    return <Inner {...rest} draft={draft as DraftOf<K>} set={set} />;
  };
}
