/** Counts the seconds in which somebody was at work: the tab can be seen, and the last move is less than a minute ago. */

const IDLE = 60_000;

export class ActiveTimer {
  #spent = 0;
  #last: number | null;

  constructor(
    private now: () => number,
    seconds = 0,
    private visible = true,
  ) {
    this.#spent = seconds * 1000;
    this.#last = visible ? now() : null;
  }

  /** A key, a move, a touch. */
  touch(): void {
    this.#settle();
    if (this.visible) this.#last = this.now();
  }

  show(visible: boolean): void {
    this.#settle();
    this.visible = visible;
    this.#last = visible ? this.now() : null;
  }

  get seconds(): number {
    const running = this.#last === null ? 0 : Math.min(IDLE, this.now() - this.#last);
    return Math.round((this.#spent + running) / 100) / 10;
  }

  #settle(): void {
    if (this.#last === null) return;
    this.#spent += Math.min(IDLE, Math.max(0, this.now() - this.#last));
    this.#last = null;
  }
}
