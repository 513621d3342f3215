import { useBench } from "../context";
import { Icon } from "./Icon";
import { saveWords } from "./save-words";

export function SaveState(): React.ReactNode {
  const { engine, state } = useBench();
  const { tone, icon, text } = saveWords(state);
  const waits = state.trouble === "offline" || state.trouble === "busy";
  return (
    <p className={`bx-save bx-save-${tone}`} role="status" title={state.troubleDetail || text}>
      <Icon name={icon} /> <span>{text}</span>
      {waits && (
        <button type="button" className="btn btn-link" onClick={engine.retry}>
          Try now
        </button>
      )}
    </p>
  );
}
