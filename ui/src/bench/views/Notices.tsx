/** What a person must know about their answers: refused, late, kept, signed out. Below the bar, above the item. */
import { useEffect, useState } from "react";

import { copyText } from "../../api/clipboard";
import { inWords } from "../../labels/values";
import { useBench } from "../context";
import type { Kept } from "../journal/records";
import { Icon } from "./Icon";

export function Notices({ signIn }: { signIn: string }): React.ReactNode {
  const { state } = useBench();
  const { trouble, troubleDetail, kept, current, heldUntil } = state;
  return (
    <div className="bx-notices">
      {trouble === "signed-out" && (
        <Notice tone="bad">
          You are signed out; your answers are kept here.
          <a className="btn btn-sm btn-primary" href={`${signIn}${encodeURIComponent(location.pathname + location.search)}`}>Sign in and come back</a>
        </Notice>
      )}
      {trouble === "stopped" && (
        <Notice tone="bad">
          {troubleDetail} Your answers are kept here.
          <button type="button" className="btn btn-sm" onClick={() => location.reload()}>Load the page again</button>
        </Notice>
      )}
      {current?.refused && <Notice tone="bad">This label was refused: {current.refused} Please mend it and submit again.</Notice>}
      {current?.restored && <Notice tone="info">Your draft of this item is back.</Notice>}
      {current && heldUntil !== null && <Hold key={`${current.task.assignment}-${heldUntil}`} until={heldUntil} left={heldUntil - Date.now()} />}
      {kept.map((one) => <KeptNotice key={one.id} kept={one} />)}
    </div>
  );
}

function Notice({ tone, children }: { tone: "bad" | "info" | "wait"; children: React.ReactNode }): React.ReactNode {
  return (
    <div className={`bx-notice bx-notice-${tone}`} role={tone === "bad" ? "alert" : "status"}>
      <Icon name={tone === "info" ? "info-circle" : "alert-triangle"} />
      <div>{children}</div>
    </div>
  );
}

const SOON = 3 * 60_000;
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** In the last minutes of a hold that nobody's work renewed, until when the item is one's own; and when that is over. */
function Hold({ until, left }: { until: number; left: number }): React.ReactNode {
  const [said, say] = useState<"" | "soon" | "over">("");
  const [soon] = useState(() => Math.min(SOON, Math.max(0, left) / 4));
  useEffect(() => {
    const at = (time: number, what: "soon" | "over"): ReturnType<typeof setTimeout> =>
      setTimeout(() => say(what), Math.min(2 ** 31 - 1, Math.max(0, time - Date.now())));
    const timers = [at(until - soon, "soon"), at(until, "over")];
    return () => timers.forEach(clearTimeout);
  }, [until, soon]);
  if (said === "soon") return <Notice tone="info">This item is held for you until {CLOCK.format(until)}; after that somebody else may get it.</Notice>;
  if (said === "over") return <Notice tone="info">The time for this item is over. Your answer still counts if nobody else has got it.</Notice>;
  return null;
}

function KeptNotice({ kept }: { kept: Kept }): React.ReactNode {
  const { engine } = useBench();
  const said = typeof kept.label === "string" ? kept.label : JSON.stringify(kept.label);
  const copied = kept.reason ? `${said}\n${kept.reason}` : said;
  return (
    <Notice tone="wait">
      <span>
        {kept.detail} Your answer is kept below; it was not saved.
        <code className="bx-kept">{kept.key}: {inWords(kept.label)}</code>
      </span>
      <button type="button" className="btn btn-sm" onClick={() => void copyText(copied).then((done) => engine.say(done ? "Copied." : "Select it and press Ctrl+C."))}>
        <Icon name="copy" /> Copy
      </button>
      <button type="button" className="btn btn-sm" onClick={() => engine.forget(kept.id)}>Dismiss</button>
    </Notice>
  );
}
