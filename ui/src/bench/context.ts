import { createContext, useContext } from "react";

import type { BatchInfo } from "../api/types";
import type { Editor } from "../editors/types";
import type { Engine } from "./engine";
import type { Settings } from "./settings";
import type { BenchState } from "./state";

export interface Bench {
  engine: Engine;
  state: BenchState;
  settings: Settings;
  set: (some: Partial<Settings>) => void;
  /** Finds the editor of a task, or of one of its questions. */
  editorFor: (asked: Pick<BatchInfo, "task" | "produces">) => Promise<Editor>;
  open: (dialog: "skip" | "settings" | "help" | "instructions") => void;
}

export const BenchContext = createContext<Bench | null>(null);

export function useBench(): Bench {
  const bench = useContext(BenchContext);
  if (!bench) throw new Error("This part belongs inside the bench.");
  return bench;
}
