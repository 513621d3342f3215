/** What the bench writes down in the browser, so that no answer is lost. */
import type { SkipBody, SubmitBody, Task } from "../../api/types";
import type { LabelJSON } from "../../labels/values";
import type { Work } from "../work";

/** The answer of a held item while it is being made. */
export interface SavedDraft {
  person: string;
  batch: string;
  assignment: number;
  key: string;
  work: Work;
  label: LabelJSON | null;
  seconds: number;
  at: number;
}

/** Something that the server has not acknowledged yet. */
export interface Entry {
  client_id: string;
  person: string;
  batch: string;
  at: number;
  task: Task;
  work: Work;
  send: { kind: "submit"; body: SubmitBody } | { kind: "skip"; body: SkipBody };
}

/** An answer that came too late, and why. */
export interface Kept {
  id: string;
  person: string;
  batch: string;
  key: string;
  label: LabelJSON | null;
  reason: string;
  detail: string;
  at: number;
}

export interface Journal {
  load(): Promise<{ drafts: SavedDraft[]; entries: Entry[]; kept: Kept[] }>;
  putDraft(draft: SavedDraft): Promise<void>;
  dropDraft(assignment: number): Promise<void>;
  putEntry(entry: Entry): Promise<void>;
  dropEntry(id: string): Promise<void>;
  putKept(kept: Kept): Promise<void>;
  dropKept(id: string): Promise<void>;
}
