/** What the bench asks of the server. */
import { call, type Outcome } from "../api/client";
import type { BatchInfo, Reply, Task } from "../api/types";
import type { Entry } from "./journal/records";

export interface Server {
  info(): Promise<Outcome<BatchInfo>>;
  claim(ahead: number, item: string | null): Promise<Outcome<{ tasks: Task[] }>>;
  send(entry: Entry): Promise<Outcome<Reply>>;
  release(assignment: number): Promise<unknown>;
}

export function serverAt(api: string, batch: string): Server {
  const work = `${api}/work/${encodeURIComponent(batch)}`;
  return {
    info: () => call<BatchInfo>("GET", work),
    claim: (ahead, item) => call<{ tasks: Task[] }>("POST", `${work}/claim`, item === null ? { ahead } : { ahead, item }),
    send: ({ send }) => call<Reply>("POST", `${work}/${send.kind}`, send.body),
    // The page may be on its way out.
    release: (assignment) => call("POST", `${work}/release`, { assignment }, true),
  };
}

export interface Options {
  /** The journal lasts only as long as the page. */
  fleeting?: boolean;
  /** Hears of tasks that come up, to fetch and decode their pictures. */
  prepare?: (task: Task) => void;
  /** The key of an item to begin with. */
  item?: string | null;
}
