import { suggestedCount } from "../../labels/draft";
import { useBench } from "../context";
import { NO_ANSWER } from "../engine";
import { Keys } from "../keys/use-keys";
import { Icon } from "./Icon";

/** Submit and skip, and the sentence that says what is missing. */
export function SubmitBar(): React.ReactNode {
  const { engine, state, open } = useBench();
  const { current, says, sight } = state;
  const unseen = sight === "failed";
  const waiting = current && current.task.review === null ? suggestedCount(current.history.present.draft) : 0;
  return (
    <div className="bx-submit">
      <p className={`bx-says ${says || unseen ? "" : "bx-quiet"}`} aria-hidden="true">
        {says || (unseen ? NO_ANSWER : waiting > 0 ? `Submitting accepts ${waiting === 1 ? "1 suggestion" : `${waiting} suggestions`}.` : "\u00a0")}
      </p>
      <div className="bx-submit-row">
        <button type="button" className="btn bx-skip" onClick={() => open("skip")}>
          <Icon name="player-skip-forward" /> Skip <Keys of="skip" />
        </button>
        <button type="button" className="btn btn-primary" disabled={unseen} onClick={() => engine.submit()}>
          <Icon name="check" /> Submit <Keys of="submit" />
        </button>
      </div>
    </div>
  );
}
