/** The bench's shell: the bar, the notices, the item at hand, the dialogs. */
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";

import type { BatchInfo } from "../api/types";
import type { Editor } from "../editors/types";
import { BenchContext, type Bench } from "./context";
import type { Engine } from "./engine";
import { PRESETS } from "./keys/presets";
import { KeyRouter } from "./keys/router";
import { BENCH, Router, useKeys } from "./keys/use-keys";
import { editorFor } from "./registry";
import { useSettings } from "./settings";
import type { Current } from "./state";
import { firstTime, Instructions } from "./views/Instructions";
import { KeysDialog } from "./views/KeysDialog";
import { Notices } from "./views/Notices";
import { SettingsDialog } from "./views/SettingsDialog";
import { SkipDialog } from "./views/SkipDialog";
import { Empty, Failed, OtherTab, Skeleton } from "./views/States";
import { TopBar } from "./views/TopBar";
import { WorkView } from "./views/WorkView";
import { batchNow } from "./work";

export interface Places {
  home: string;
  signIn: string;
}

const router = new KeyRouter();

export function App({ engine, places, onTake }: { engine: Engine; places: Places; onTake: () => void }): React.ReactNode {
  const state = useSyncExternalStore(engine.subscribe, engine.get);
  const [settings, set] = useSettings();
  const [dialog, open] = useState<"skip" | "settings" | "help" | "instructions" | null>(null);
  const [Editor, setEditor] = useState<Editor | null>(null);
  const { batch, current, phase } = state;

  router.preset = PRESETS[settings.preset];
  router.labels = keyed(batch, current);
  useEffect(() => {
    addEventListener("keydown", router.press);
    return () => removeEventListener("keydown", router.press);
  }, []);
  useEffect(() => {
    if (!batch) return;
    void editorFor(batch).then((found) => setEditor(() => found));
    document.title = `${batch.project} · Bench`;
  }, [batch]);
  const instructions = batch?.instructions ?? "";
  const name = batch?.batch ?? "";
  useEffect(() => {
    if (name && firstTime(name, instructions)) open("instructions");
  }, [name, instructions]);
  const close = useCallback(() => open(null), []);

  const bench: Bench = { engine, state, settings, set, open, editorFor };
  const view = ((): React.ReactNode => {
    if (phase === "other-tab") return <OtherTab onTake={onTake} />;
    if (current && batch && Editor) return <WorkView key={current.task.assignment} current={current} batch={batch} Editor={Editor} />;
    if (phase === "empty") return <Empty home={places.home} />;
    if (phase === "error") return <Failed home={places.home} />;
    return <Skeleton />;
  })();

  return (
    <BenchContext value={bench}>
      <Router value={router}>
        <BenchKeys bench={bench} />
        <TopBar home={places.home} />
        {phase !== "other-tab" && <Notices signIn={places.signIn} />}
        {view}
        <div className="visually-hidden" aria-live="polite">{state.says || (current ? `Item ${current.task.item.key}` : "")}</div>
        {dialog === "skip" && current && (
          <SkipDialog
            onClose={close}
            onSkip={(reason) => {
              close();
              engine.skip(reason);
            }}
          />
        )}
        {dialog === "settings" && <SettingsDialog onClose={close} />}
        {dialog === "help" && <KeysDialog onClose={close} />}
        {dialog === "instructions" && <Instructions onClose={close} />}
      </Router>
    </BenchContext>
  );
}

/** How many things have a key of their own: labels, or in a review the answers. */
function keyed(batch: BatchInfo | null, current: Current | null): number {
  const review = current?.task.review;
  if (review && current.history.present.pick !== "own") return review.answers.length;
  const now = batch && current ? batchNow(current.history.present, current.task, batch) : batch;
  return now?.produces === "preference" ? 3 : (now?.labels.length ?? 0);
}

function BenchKeys({ bench: { engine, open } }: { bench: Bench }): React.ReactNode {
  useKeys(BENCH, {
    on: {
      submit: () => engine.submit(),
      skip: () => open("skip"),
      undo: engine.undo,
      redo: engine.redo,
      instructions: () => open("instructions"),
      settings: () => open("settings"),
      help: () => open("help"),
    },
  });
  return null;
}
