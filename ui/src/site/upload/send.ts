/** Sends groups of files, two at a time, and tries each again when the network or the server fails. */
import { backoff, retryAfter } from "../../api/backoff";
import { csrfToken } from "../../api/csrf";
import type { Found } from "./dropped";

export interface Refused {
  path: string;
  reason: string;
}

export interface Outcome {
  accepted: number;
  rejected: Refused[];
}

const AT_ONCE = 2;
const TRIES = 6;

/** `progress` hears the bytes sent so far of each group; `answered` the outcome of each. */
export async function sendAll(
  all: readonly Found[][],
  url: string,
  hear: { progress: (group: number, bytes: number) => void; answered: (outcome: Outcome) => void },
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let group = next++; group < all.length; group = next++) {
      const files = all[group] ?? [];
      hear.answered(await sendGroup(files, url, (bytes) => hear.progress(group, bytes)));
      hear.progress(group, files.reduce((sum, file) => sum + file.size, 0));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function sendGroup(files: readonly Found[], url: string, progress: (bytes: number) => void): Promise<Outcome> {
  const body = new FormData();
  for (const { file, path } of files) {
    body.append("files", file, path);
    body.append("paths", path);
  }
  let said = "The server cannot be reached.";
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const reply = await post(url, body, progress);
    if (reply.status >= 200 && reply.status < 300) return outcome(reply.text, files.length);
    said = problem(reply.text) ?? (reply.status ? `The server answered ${reply.status}.` : said);
    const again = reply.status === 0 || reply.status === 408 || reply.status === 429 || reply.status >= 500;
    if (!again) break;
    progress(0);
    await new Promise((resolve) => setTimeout(resolve, backoff(attempt, { after: retryAfter(reply.after, Date.now()) })));
  }
  return { accepted: 0, rejected: files.map(({ path }) => ({ path, reason: said })) };
}

interface Reply {
  status: number;
  text: string;
  after: string | null;
}

/** XMLHttpRequest, since fetch does not tell how much has been sent. */
function post(url: string, body: FormData, progress: (bytes: number) => void): Promise<Reply> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => progress(event.loaded));
    request.addEventListener("loadend", () =>
      resolve({ status: request.status, text: request.responseText, after: request.getResponseHeader("Retry-After") }),
    );
    request.send(body);
  });
}

function outcome(text: string, sent: number): Outcome {
  try {
    const read = JSON.parse(text) as Partial<Outcome>;
    return { accepted: read.accepted ?? 0, rejected: read.rejected ?? [] };
  } catch {
    return { accepted: sent, rejected: [] };
  }
}

function problem(text: string): string | null {
  try {
    const read = JSON.parse(text) as { detail?: string; title?: string };
    return read.detail ?? read.title ?? null;
  } catch {
    return null;
  }
}
