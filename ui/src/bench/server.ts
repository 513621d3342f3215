/** What the bench asks of the server. */
import { call, type Outcome } from "../api/client";
import type { BatchInfo, Reply, Task } from "../api/types";
import type { Entry } from "./journal/records";

export interface Server {
  info(): Promise<Outcome<BatchInfo>>;
  claim(ahead: number): Promise<Outcome<{ tasks: Task[] }>>;
  send(entry: Entry): Promise<Outcome<Reply>>;
  release(assignment: number): Promise<unknown>;
}

export function serverAt(api: string, batch: string): Server {
  const work = `${api}/work/${encodeURIComponent(batch)}`;
  return {
    info: () => call<BatchInfo>("GET", work),
    claim: (ahead) => call<{ tasks: Task[] }>("POST", `${work}/claim`, { ahead }),
    send: ({ send }) => call<Reply>("POST", `${work}/${send.kind}`, send.body),
    // The page may be on its way out.
    release: (assignment) => call("POST", `${work}/release`, { assignment }, true),
  };
}
