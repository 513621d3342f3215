/**
 * For how long items are held, by this page's own clock, and holding them longer: once half of the time is over, if somebody
 * did something since it began. What lies open with nobody at it is held no longer.
 */
import type { Outcome } from "../api/client";
import type { Held } from "../api/types";

interface Hold {
  since: number;
  until: number;
  /** No try before this time. */
  again: number;
  /** The server holds it no longer than this. */
  last: boolean;
}

export interface Hearer {
  /** Whether a call may travel now; where not, nothing is said about it. */
  ready(): boolean;
  renewed(assignment: number, outcome: Outcome<Held>): void;
}

const PAUSE = 15_000;

export class Holds {
  #all = new Map<number, Hold>();
  #travelling = new Map<number, Promise<Outcome<Held>>>();
  #input = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly now: () => number,
    readonly send: (assignment: number) => Promise<Outcome<Held>>,
    readonly hear: Hearer,
  ) {}

  /** The server said for how many seconds an item is held; asked again it says less, which is no new beginning. */
  told({ assignment, left }: { assignment: number; left?: number }): void {
    if (left === undefined) return;
    const now = this.now();
    const known = this.#all.get(assignment);
    this.#all.set(assignment, { since: known?.since ?? now, again: known?.again ?? 0, last: known?.last ?? false, until: now + left * 1000 });
    this.#arm();
  }

  /** The page is done with an item. */
  drop(assignment: number): void {
    this.#all.delete(assignment);
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#soon);
    this.#all.clear();
  }

  until(assignment: number): number | null {
    return this.#all.get(assignment)?.until ?? null;
  }

  isOver(assignment: number): boolean {
    return this.now() >= (this.until(assignment) ?? Infinity);
  }

  /** A key, a move, a touch. */
  touch(): void {
    const now = this.now();
    this.#input = now;
    // What is touched may be Submit: an item that leaves with this very touch needs no renewal.
    if ([...this.#all.values()].some((hold) => now >= dueAt(hold))) this.#soon ??= setTimeout(() => this.#go(), 0);
  }

  /** The way to the server is free again. */
  wake(): void {
    for (const hold of this.#all.values()) hold.again = 0;
    this.#go();
  }

  /** Holds one item anew, whether or not it is due. */
  async renew(assignment: number): Promise<Outcome<Held>> {
    const travels = this.#travelling.get(assignment);
    if (travels) return travels;
    const call = this.send(assignment).then((outcome) => {
      this.#travelling.delete(assignment);
      this.#settle(assignment, outcome);
      this.hear.renewed(assignment, outcome);
      return outcome;
    });
    this.#travelling.set(assignment, call);
    return call;
  }

  #settle(assignment: number, outcome: Outcome<Held>): void {
    const now = this.now();
    const hold = this.#all.get(assignment);
    if (outcome.kind === "done") this.#all.set(assignment, { since: now, until: now + outcome.reply.left * 1000, again: 0, last: false });
    else if (hold && outcome.kind === "gone") hold.last = true;
    else if (hold) hold.again = now + pause(hold);
    this.#arm();
  }

  #go(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    const now = this.now();
    for (const [assignment, hold] of this.#all) {
      if (now < dueAt(hold) || this.#input <= hold.since || this.#travelling.has(assignment)) continue;
      if (this.hear.ready()) void this.renew(assignment);
      else hold.again = now + pause(hold);
    }
    this.#arm();
  }

  /** Looks again when the next becomes due; whatever nobody touched waits for the next touch. */
  #arm(): void {
    clearTimeout(this.#timer);
    const now = this.now();
    const due = Math.min(...[...this.#all.values()].map(dueAt).filter((at) => at > now));
    if (due < Infinity) this.#timer = setTimeout(() => this.#go(), Math.min(2 ** 31 - 1, due - now));
  }
}

const dueAt = (hold: Hold): number => (hold.last ? Infinity : Math.max(hold.again, (hold.since + hold.until) / 2));

const pause = ({ since, until }: Hold): number => Math.min(PAUSE, Math.max(1000, (until - since) / 8));
