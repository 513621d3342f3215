/** What the bench shows, as one frozen value. */
import type { BatchInfo, Task } from "../api/types";
import type { History } from "../labels/history";
import type { Trouble } from "./journal/outbox";
import type { Kept } from "./journal/records";
import type { Work } from "./work";

/** Whether the item's picture is on the screen; what has none is shown at once. */
export type Sight = "waits" | "shown" | "failed";
export type Phase = "loading" | "working" | "empty" | "error" | "other-tab";

export interface Current {
  task: Task;
  history: History<Work>;
  /** The draft came back from an earlier life of the page. */
  restored: boolean;
  /** Why the server refused the label, to be mended. */
  refused: string;
}

export interface BenchState {
  phase: Phase;
  detail: string;
  batch: BatchInfo | null;
  current: Current | null;
  sight: Sight;
  /** Until when the current item is held, by this page's clock. */
  heldUntil: number | null;
  ahead: readonly Task[];
  /** Of today, with what still travels. */
  done: number;
  earned: number;
  unsent: number;
  trouble: Trouble;
  troubleDetail: string;
  /** The journal lasts only as long as the page. */
  fleeting: boolean;
  saved: boolean;
  kept: readonly Kept[];
  /** A sentence for the live region and the line under the item. */
  says: string;
}

export const FIRST: BenchState = {
  phase: "loading",
  detail: "",
  batch: null,
  current: null,
  sight: "shown",
  heldUntil: null,
  ahead: [],
  done: 0,
  earned: 0,
  unsent: 0,
  trouble: "none",
  troubleDetail: "",
  fleeting: false,
  saved: true,
  kept: [],
  says: "",
};
