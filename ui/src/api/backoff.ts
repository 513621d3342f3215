/** How long to wait before trying again, in milliseconds: 1, 2, 4 ... 30 s with jitter, or what the server says. */
export function backoff(
  attempt: number,
  { after = null, random = Math.random }: { after?: number | null; random?: () => number } = {},
): number {
  const own = Math.min(30_000, 1000 * 2 ** Math.min(attempt, 10));
  return Math.max(after ?? 0, own * (0.5 + random() / 2));
}

/** `Retry-After` as milliseconds from now: seconds or an HTTP date; at most five minutes. */
export function retryAfter(header: string | null, now: number): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? null : Math.min(300_000, Math.max(0, wait));
}
