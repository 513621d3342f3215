/** What the bench asks of the server. */
import { call, type Outcome } from "../api/client";
import type { BatchInfo, Held, Reply, Task } from "../api/types";
import type { Entry } from "./journal/records";

export interface Server {
  info(): Promise<Outcome<BatchInfo>>;
  claim(ahead: number, item: string | null): Promise<Outcome<{ tasks: Task[] }>>;
  send(entry: Entry): Promise<Outcome<Reply>>;
  renew(assignment: number): Promise<Outcome<Held>>;
  release(assignment: number): Promise<unknown>;
}

export function serverAt(api: string, batch: string): Server {
  const work = `${api}/work/${encodeURIComponent(batch)}`;
  return {
    info: () => call<BatchInfo>("GET", work),
    claim: (ahead, item) => call<{ tasks: Task[] }>("POST", `${work}/claim`, item === null ? { ahead } : { ahead, item }),
    send: ({ send }) => call<Reply>("POST", `${work}/${send.kind}`, send.body),
    renew: (assignment) => call<Held>("POST", `${work}/renew`, { assignment }),
    // The page may be on its way out.
    release: (assignment) => call("POST", `${work}/release`, { assignment }, true),
  };
}

export interface Options {
  /** The journal lasts only as long as the page. */
  fleeting?: boolean;
  /** Fetches and decodes the picture of a task that comes up; fails where it cannot be shown. */
  prepare?: (task: Task) => Promise<unknown> | undefined;
  /** Fetches the picture of a task anew, past what the browser kept of it. */
  anew?: (task: Task) => Promise<unknown> | undefined;
  /** Whether the browser believes that there is a network. */
  online?: () => boolean;
  /** The key of an item to begin with. */
  item?: string | null;
}
