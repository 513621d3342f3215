import { useRef } from "react";

import { useBench } from "../context";
import { Keys, REVIEW, useKeys } from "../keys/use-keys";

/** Why it is decided so; the labellers can read it. */
export function ReasonField(): React.ReactNode {
  const { engine, state } = useBench();
  const field = useRef<HTMLTextAreaElement>(null);
  const reason = state.current?.history.present.reason ?? "";
  useKeys(REVIEW - 16, { on: { reason: () => field.current?.focus() } });
  return (
    <div className="bx-reason-field">
      <label htmlFor="bx-reason">Reason <Keys of="reason" /></label>
      <textarea
        id="bx-reason"
        ref={field}
        className="form-control"
        rows={2}
        maxLength={2000}
        placeholder="The labellers can read it."
        value={reason}
        onChange={({ target }) => engine.change((work) => ({ ...work, reason: target.value }), "reason")}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.currentTarget.blur();
            event.stopPropagation();
          }
        }}
      />
    </div>
  );
}
