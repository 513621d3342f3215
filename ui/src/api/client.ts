/** Requests to Assay's API: JSON both ways, the CSRF token along, and each outcome as a value. */
import { retryAfter } from "./backoff";
import { csrfToken } from "./csrf";

export type Outcome<T> =
  | { kind: "done"; reply: T }
  /** Not now: the network, the server or its limits; `after` is in milliseconds. */
  | { kind: "again"; after: number | null; offline: boolean; detail: string }
  | { kind: "signed-out" }
  /** 403: not allowed, or the page is too old. */
  | { kind: "stopped"; detail: string }
  /** 409 and what else no second try would change: the lease is gone. */
  | { kind: "gone"; detail: string; name?: string }
  /** 422: the label is none that this project takes; 413: it is larger than answers may be. */
  | { kind: "refused"; detail: string };

/** Bytes that a slow line sends in a millisecond. */
const SLOWEST = 32;

export async function call<T>(method: "GET" | "POST", url: string, body?: unknown, keepalive = false): Promise<Outcome<T>> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method === "POST") {
    headers["Content-Type"] = "application/json";
    headers["X-CSRFToken"] = csrfToken();
  }
  const sent = body === undefined ? null : JSON.stringify(body);
  try {
    const response = await fetch(url, {
      method,
      headers,
      keepalive,
      credentials: "same-origin",
      body: sent,
      // A large answer may need minutes on a slow line.
      signal: AbortSignal.timeout(30_000 + (sent?.length ?? 0) / SLOWEST),
    });
    const found: unknown = response.status === 204 ? null : await response.json().catch(() => undefined);
    return outcomeOf<T>({
      status: response.redirected && found === undefined ? 401 : response.status,
      body: found,
      after: retryAfter(response.headers.get("Retry-After"), Date.now()),
    });
  } catch {
    return { kind: "again", after: null, offline: true, detail: "The server cannot be reached." };
  }
}

export function outcomeOf<T>({ status, body, after }: { status: number; body: unknown; after: number | null }): Outcome<T> {
  const detail = detailOf(body) ?? `The server answered ${status}.`;
  // A success without a readable body may come from something between us and the server.
  if (status >= 200 && status < 300 && body === undefined) return { kind: "again", after, offline: false, detail };
  if (status >= 200 && status < 300) return { kind: "done", reply: body as T };
  if (status === 401) return { kind: "signed-out" };
  if (status === 403) return { kind: "stopped", detail };
  if (status === 413 || status === 422) return { kind: "refused", detail };
  if (status === 408 || status === 425 || status === 429 || status >= 500) return { kind: "again", after, offline: false, detail };
  return { kind: "gone", detail, name: nameOf(body) };
}

/** The error's own name: the end of its type. */
function nameOf(body: unknown): string {
  const type: unknown = typeof body === "object" && body !== null && "type" in body ? body.type : "";
  return typeof type === "string" ? (type.split(":").pop() ?? "") : "";
}

function detailOf(body: unknown): string | null {
  if (typeof body !== "object" || body === null) return null;
  const { detail, title } = body as { detail?: unknown; title?: unknown };
  return typeof detail === "string" && detail ? detail : typeof title === "string" && title ? title : null;
}

/** Also where the page is served without TLS, and `crypto.randomUUID` is missing. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
