import { money } from "../money";
import { useBench } from "../context";
import { cap } from "../keys/chords";
import { SaveState } from "./SaveState";
import { Icon } from "./Icon";

const QUEUES = { label: "", peer: "", expert: "Decision", audit: "Audit" } as const;

export function TopBar({ home }: { home: string }): React.ReactNode {
  const { engine, state, open } = useBench();
  const { batch, current, done, earned } = state;
  const queue = current?.task.queue ?? "label";
  const said = queue === "peer" && current?.task.review ? "Review" : QUEUES[queue];
  const labels = queue === "label" || queue === "peer";
  const pay = batch && (labels ? batch.pay.answer : batch.pay.expert);
  const counted = batch && labels && batch.pay.per !== "item";
  const leave = (event: React.MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const go = (): void => location.assign(home);
    void Promise.race([engine.giveBack(), new Promise((resolve) => setTimeout(resolve, 1500))]).then(go, go);
  };
  return (
    <header className="bx-top">
      <a className="btn btn-icon btn-ghost-secondary" href={home} aria-label="Back to your work" title="Back to your work" onClick={leave}>
        <Icon name="arrow-left" />
      </a>
      <div className="bx-where">
        <h2>{batch?.project ?? "\u00a0"}</h2>
        {said && <span className="as-status as-status-info">{said}</span>}
      </div>
      <SaveState />
      {batch && (
        <p className="bx-figures">
          <span title="Your answers to this batch">{done.toLocaleString()} done</span>
          {pay !== null && pay > 0 && (
            <span title={counted ? batch.pay.words : `${money(pay, batch.pay.currency)} for this answer`}>{money(earned, batch.pay.currency)}</span>
          )}
          {counted && <span className="bx-wide-only">{batch.pay.words}</span>}
        </p>
      )}
      <nav className="bx-actions" aria-label="Bench">
        <button type="button" className="btn btn-ghost-secondary" title={`Instructions (${cap("i")})`} onClick={() => open("instructions")}>
          <Icon name="file-text" /> <span className="bx-wide-only">Instructions</span>
        </button>
        <button type="button" className="btn btn-icon btn-ghost-secondary" aria-label="Settings" title="Settings (,)" onClick={() => open("settings")}>
          <Icon name="settings" />
        </button>
        <button type="button" className="btn btn-icon btn-ghost-secondary bx-wide-only" aria-label="All keys" title="All keys (?)" onClick={() => open("help")}>
          <Icon name="keyboard" />
        </button>
      </nav>
    </header>
  );
}
