/** The outbox as a state machine: what waits, what travels, and when the next try is due. No clock, no network. */
import { backoff } from "../../api/backoff";
import type { Outcome } from "../../api/client";

export interface Waiting {
  client_id: string;
}
export type Trouble = "none" | "offline" | "busy" | "signed-out" | "stopped";

export interface Outbox<E extends Waiting> {
  entries: readonly E[];
  sending: string | null;
  attempt: number;
  /** No try before this time. */
  due: number;
  trouble: Trouble;
  detail: string;
}

/** More unsent answers than this, and the bench waits. */
export const MOST_UNSENT = 5;

export function emptyOutbox<E extends Waiting>(): Outbox<E> {
  return { entries: [], sending: null, attempt: 0, due: 0, trouble: "none", detail: "" };
}

export const isFull = (box: Outbox<Waiting>): boolean => box.entries.length >= MOST_UNSENT;

export function added<E extends Waiting>(box: Outbox<E>, entry: E): Outbox<E> {
  return box.entries.some(({ client_id }) => client_id === entry.client_id) ? box : { ...box, entries: [...box.entries, entry] };
}

/** What is to be sent now; entries go one at a time, in their order. */
export function ready<E extends Waiting>(box: Outbox<E>, now: number): E | null {
  const halted = box.trouble === "signed-out" || box.trouble === "stopped";
  return box.sending === null && !halted && now >= box.due ? (box.entries[0] ?? null) : null;
}

export const started = <E extends Waiting>(box: Outbox<E>, id: string): Outbox<E> => ({ ...box, sending: id });

/** Only what the server has answered for good leaves the outbox. */
export function settled<E extends Waiting>(
  box: Outbox<E>,
  id: string,
  outcome: Outcome<unknown>,
  { now, random = Math.random }: { now: number; random?: () => number },
): Outbox<E> {
  switch (outcome.kind) {
    case "done":
    case "gone":
    case "refused":
      return { ...box, entries: box.entries.filter(({ client_id }) => client_id !== id), sending: null, attempt: 0, due: 0, trouble: "none", detail: "" };
    case "again":
      return {
        ...box,
        sending: null,
        attempt: box.attempt + 1,
        due: now + backoff(box.attempt, { after: outcome.after, random }),
        trouble: outcome.offline ? "offline" : "busy",
        detail: outcome.detail,
      };
    case "signed-out":
    case "stopped":
      return { ...box, sending: null, trouble: outcome.kind, detail: outcome.kind === "stopped" ? outcome.detail : "" };
  }
}

/** What an outcome of any call says about the way to the server. */
export function troubleOf(outcome: Outcome<unknown>): Trouble {
  if (outcome.kind === "again") return outcome.offline ? "offline" : "busy";
  return outcome.kind === "signed-out" ? "signed-out" : "none";
}

/** The network is back, or the person asks: try at once. */
export const woken = <E extends Waiting>(box: Outbox<E>): Outbox<E> => ({ ...box, due: 0, attempt: 0 });
