import { useBench } from "../context";
import { Icon } from "./Icon";
import { saveWords } from "./save-words";

export function SaveState(): React.ReactNode {
  const { engine, state } = useBench();
  const { tone, icon, text, short } = saveWords(state);
  const waits = state.trouble === "offline" || state.trouble === "busy";
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
