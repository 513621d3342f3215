import { suggestedCount } from "../../labels/draft";
import { useBench } from "../context";
import { Keys } from "../keys/use-keys";
import { Icon } from "./Icon";

/** Submit and skip, and the sentence that says what is missing. */
export function SubmitBar(): React.ReactNode {
  const { engine, state, open } = useBench();
  const { current, says } = state;
  const waiting = current && current.task.review === null ? suggestedCount(current.history.present.draft) : 0;
  return (
    <div className="bx-submit">
      <p className={`bx-says ${says ? "" : "bx-quiet"}`} aria-hidden="true">
        {says || (waiting > 0 ? `Submitting accepts ${waiting === 1 ? "1 suggestion" : `${waiting} suggestions`}.` : "\u00a0")}
      </p>
      <div className="bx-submit-row">
        <button type="button" className="btn bx-skip" onClick={() => open("skip")}>
          <Icon name="player-skip-forward" /> Skip <Keys of="skip" />
        </button>
        <button type="button" className="btn btn-primary" onClick={() => engine.submit()}>
          <Icon name="check" /> Submit <Keys of="submit" />
        </button>
      </div>
    </div>
  );
}
