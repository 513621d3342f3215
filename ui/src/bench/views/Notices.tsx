/** What a person must know about their answers: refused, kept, signed out. Below the bar, above the item. */
import { useEffect, useState } from "react";

import { copyText } from "../../api/clipboard";
import { inWords } from "../../labels/values";
import { useBench } from "../context";
import type { Kept } from "../journal/records";
import { Icon } from "./Icon";

export function Notices({ signIn }: { signIn: string }): React.ReactNode {
  const { state } = useBench();
  const { trouble, troubleDetail, kept, current } = state;
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
      {current?.task.until && <Lease key={current.task.assignment} until={Date.parse(current.task.until)} />}
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

/** In the last minutes of a lease, until when the item is one's own. */
function Lease({ until }: { until: number }): React.ReactNode {
  const [soon, setSoon] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSoon(true), Math.min(2 ** 31 - 1, Math.max(0, until - SOON - Date.now())));
    return () => clearTimeout(timer);
  }, [until]);
  return soon ? <Notice tone="info">This item is held for you until {CLOCK.format(until)}; after that somebody else may get it.</Notice> : null;
}

function KeptNotice({ kept }: { kept: Kept }): React.ReactNode {
  const { engine } = useBench();
  const said = typeof kept.label === "string" ? kept.label : JSON.stringify(kept.label);
  const copied = kept.reason ? `${said}\n${kept.reason}` : said;
  return (
    <Notice tone="wait">
      <span>
        This item went to somebody else ({kept.detail.replace(/\.$/, "")}) - your answer is kept below.
        <code className="bx-kept">{kept.key}: {inWords(kept.label)}</code>
      </span>
      <button type="button" className="btn btn-sm" onClick={() => void copyText(copied).then((done) => engine.say(done ? "Copied." : "Select it and press Ctrl+C."))}>
        <Icon name="copy" /> Copy
      </button>
      <button type="button" className="btn btn-sm" onClick={() => engine.forget(kept.id)}>Dismiss</button>
    </Notice>
  );
}
