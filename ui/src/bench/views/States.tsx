/** The bench without an item: loading, nothing waits, an error, another tab. */
import { useBench } from "../context";
import { Icon } from "./Icon";

export function Skeleton(): React.ReactNode {
  return (
    <div className="bx-main" aria-busy="true" aria-label="The next item is on its way">
      <div className="bx-stage"><div className="bx-stage-item"><div className="bx-ground"><div className="bx-skeleton bx-cover" /></div></div></div>
      <aside className="bx-side">
        <div className="bx-side-scroll">
          {[70, 90, 60, 80].map((width) => <div key={width} className="bx-skeleton bx-bar" style={{ width: `${width}%` }} />)}
        </div>
      </aside>
    </div>
  );
}

export function Empty({ home }: { home: string }): React.ReactNode {
  const { state } = useBench();
  const { batch } = state;
  if (batch?.state && batch.state !== "active") {
    return (
      <Message icon="player-pause" title="You do not work on this batch now.">
        {batch.reason && <p>{batch.reason}</p>}
        <a className="btn" href={home}>Back to your work</a>
      </Message>
    );
  }
  if (batch?.others_first) {
    return (
      <Message icon="users" title="Others go first just now.">
        <p>You have done your share of this batch while enough others are at work on it. You are asked again when theirs has grown, or when they stop. This page looks every 15 seconds.</p>
        {state.done > 0 && <p className="text-secondary">{answersSoFar(state.done)}</p>}
        <a className="btn" href={home}>Back to your work</a>
      </Message>
    );
  }
  return (
    <Message icon="inbox" title="Nothing waits for you now.">
      <p>New items come as answers arrive. This page looks for them every 15 seconds.</p>
      {state.done > 0 && <p className="text-secondary">{answersSoFar(state.done)}</p>}
      <a className="btn" href={home}>Back to your work</a>
    </Message>
  );
}

function answersSoFar(count: number): string {
  return `${count === 1 ? "1 answer" : `${count.toLocaleString()} answers`} to this batch so far. Thank you.`;
}

export function Failed({ home }: { home: string }): React.ReactNode {
  const { engine, state } = useBench();
  return (
    <Message icon="alert-triangle" title="The bench could not get your work.">
      <p>{state.detail}</p>
      <p className="text-secondary">What you have answered is kept in this browser.</p>
      <div className="btn-list justify-content-center">
        <button type="button" className="btn btn-primary" onClick={engine.retry}>Try again</button>
        <a className="btn" href={home}>Back to your work</a>
      </div>
    </Message>
  );
}

export function OtherTab({ onTake }: { onTake: () => void }): React.ReactNode {
  return (
    <Message icon="table" title="You work on this batch in another tab.">
      <p>Only one tab at a time, so that no answer is sent twice.</p>
      <button type="button" className="btn btn-primary" onClick={onTake} autoFocus>Work here</button>
    </Message>
  );
}

function Message({ icon, title, children }: { icon: string; title: string; children: React.ReactNode }): React.ReactNode {
  return (
    <div className="bx-message">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}
