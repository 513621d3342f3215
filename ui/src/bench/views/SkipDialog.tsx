import { useState } from "react";

import { Dialog } from "./Dialog";

const REASONS = [
  "I cannot see or read it",
  "The instructions do not cover it",
  "No label fits",
  "I do not know this subject",
  "I do not want to look at this",
] as const;

/** Why an item is passed on: a number, or one's own words. */
export function SkipDialog({ onSkip, onClose }: { onSkip: (reason: string) => void; onClose: () => void }): React.ReactNode {
  const [own, setOwn] = useState("");
  return (
    <Dialog title="Why do you skip it?" onClose={onClose}>
      <div
        className="bx-reasons"
        onKeyDown={(event) => {
          if (event.target instanceof HTMLInputElement) return;
          const reason = REASONS[Number(event.key) - 1];
          if (reason) onSkip(reason);
        }}
      >
        {REASONS.map((reason, place) => (
          <button key={reason} type="button" className="btn bx-reason" data-first={place === 0 || undefined} onClick={() => onSkip(reason)}>
            <kbd aria-hidden="true">{place + 1}</kbd> {reason}
          </button>
        ))}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (own.trim()) onSkip(own.trim());
          }}
        >
          <label className="form-label" htmlFor="bx-own-reason">Another reason</label>
          <div className="bx-row">
            <input id="bx-own-reason" className="form-control" maxLength={300} value={own} onChange={(event) => setOwn(event.target.value)} />
            <button className="btn" disabled={!own.trim()}>Skip</button>
          </div>
        </form>
      </div>
    </Dialog>
  );
}
