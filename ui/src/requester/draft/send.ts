/** A form's way to the server, and what came of it. */
import { retryAfter } from "../../api/backoff";
import { csrfToken } from "../../api/csrf";
import type { Outcome, Request } from "./machine";

const PATIENCE = 20_000;
/** Browsers let requests of no more than 64 KiB outlive their page. */
const MOST_LEAVING = 60_000;

export async function send(draft: string, request: Request, leaving: boolean): Promise<Outcome> {
  const body = bodyOf(request);
  try {
    const response = await fetch(`/requests/${draft}/${request.kind}/`, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": csrfToken() },
      credentials: "same-origin",
      redirect: "manual",
      keepalive: leaving && body.length < MOST_LEAVING,
      body,
      signal: AbortSignal.timeout(PATIENCE),
    });
    const said: unknown = response.headers.get("Content-Type")?.includes("json") ? await response.json() : null;
    return outcomeOf(response.type === "opaqueredirect" ? 401 : response.status, said, retryAfter(response.headers.get("Retry-After"), Date.now()));
  } catch {
    return { kind: "again", words: "the server cannot be reached.", after: null };
  }
}

export function bodyOf({ form, version, page, count, unheard }: Request): string {
  const mark = [
    ["version", String(version)],
    ["save", `${page}.${count}`],
    ["unheard", Object.entries(unheard).map(([one, newest]) => `${one}.${newest}`).join(" ")],
  ];
  return new URLSearchParams([...mark, ...form.map((pair) => [...pair])]).toString();
}

const KINDS = ["saved", "conflict", "refused", "submitted"];

export function outcomeOf(status: number, said: unknown, after: number | null): Outcome {
  const kind = typeof said === "object" && said !== null && "kind" in said ? said.kind : null;
  if (KINDS.includes(String(kind))) return said as Outcome;
  if (status === 401) return { kind: "signed-out" };
  if (status === 403) return { kind: "stopped", words: "this page is too old, or no longer open to you." };
  if (status === 404) return { kind: "stopped", words: "this draft is not there any more." };
  if (status === 413) return { kind: "refused", sentence: "it is more than a request may hold." };
  if (status === 429 || status === 503) return { kind: "again", words: "the server is busy.", after };
  return { kind: "again", words: "the server does not answer as it should.", after };
}
