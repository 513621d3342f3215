import { useContext } from "react";

import { cap } from "../keys/chords";
import { ACTIONS, type Action } from "../keys/presets";
import { Router } from "../keys/use-keys";
import { Icon } from "./Icon";

/** A button for what a key does too; its title says which. */
export function ToolButton({ action, icon, onClick, disabled = false }: { action: Action; icon: string; onClick: () => void; disabled?: boolean }): React.ReactNode {
  const chord = useContext(Router).capsOf(action)[0];
  const name = ACTIONS[action];
  return (
    <button
      type="button"
      className="btn btn-icon bx-tool"
      aria-label={name}
      title={chord ? `${name} (${cap(chord)})` : name}
      disabled={disabled}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
