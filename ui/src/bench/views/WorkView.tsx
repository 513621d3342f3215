/** One item at hand: its editor, or the review of what others said. */
import type { BatchInfo } from "../../api/types";
import type { Editor as EditorType } from "../../editors/types";
import { useBench } from "../context";
import { MendBanner } from "../review/MendBanner";
import { ReviewView } from "../review/ReviewView";
import type { Current } from "../state";

export function WorkView({ current, batch, Editor }: { current: Current; batch: BatchInfo; Editor: EditorType }): React.ReactNode {
  const { engine } = useBench();
  const { task, history } = current;
  const work = history.present;
  if (task.review && work.pick !== "own") return <ReviewView task={task} review={task.review} batch={batch} work={work} />;
  return (
    <Editor
      task={task}
      batch={batch}
      draft={work.draft}
      set={(draft, tag) => engine.change((now) => ({ ...now, draft }), tag)}
      banner={task.review ? <MendBanner review={task.review} /> : task.queue === "audit" ? <AuditBanner /> : null}
    />
  );
}

function AuditBanner(): React.ReactNode {
  return <p className="bx-banner">Audit: judge it as if nobody had. What others said is not shown.</p>;
}
