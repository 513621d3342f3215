import { useBench } from "../context";
import { Icon } from "./Icon";
import { saveWords } from "./save-words";
import { useLate } from "./use-late";

export function SaveState(): React.ReactNode {
  const { engine, state } = useBench();
  // Writing takes a moment; only a slow one is worth a word.
  const slow = useLate(!state.saved, 700);
  const { tone, icon, text, short } = saveWords({ ...state, saved: !slow });
  const waits = state.trouble === "offline" || (state.trouble === "busy" && state.unsent > 0);
  return (
    <p className={`bx-save bx-save-${tone}`} role="status" aria-label={text} title={state.troubleDetail || text}>
      <Icon name={icon} /> <span className="bx-long">{text}</span>
      <span className="bx-short" aria-hidden="true">{short}</span>
      {waits && (
        <button type="button" className="btn btn-link" onClick={engine.retry}>
          Try now
        </button>
      )}
    </p>
  );
}
