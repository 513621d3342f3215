/** What is wrong with getting work, and when it is tried again. */
import { backoff } from "../api/backoff";
import type { Outcome } from "../api/client";
import { troubleOf, type Trouble } from "./journal/outbox";

export class Retries {
  trouble: Trouble = "none";
  detail = "";
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly changed: () => void) {}

  fine(): void {
    this.#failures = 0;
    this.#put("none", "");
  }

  /** Tries again by itself where that may help. */
  failed(outcome: Outcome<unknown>, again: () => void): void {
    this.#put(troubleOf(outcome), "detail" in outcome ? outcome.detail : "");
    if (outcome.kind === "again") this.later(again, backoff(this.#failures++, { after: outcome.after }));
  }

  later(run: () => void, wait: number): void {
    this.stop();
    this.#timer = setTimeout(run, wait);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #put(trouble: Trouble, detail: string): void {
    this.trouble = trouble;
    this.detail = detail;
    this.changed();
  }
}
