/** Writes the current answer down a moment after it changed, and at once when asked. */
import type { Journal, SavedDraft } from "./journal/records";

const CALM = 150;

export class Drafts {
  #held = new Map<number, SavedDraft>();
  #waiting: SavedDraft | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly journal: Journal,
    readonly saved: (all: boolean) => void,
  ) {}

  restore(drafts: readonly SavedDraft[]): void {
    for (const draft of drafts) this.#held.set(draft.assignment, draft);
  }

  of(assignment: number): SavedDraft | undefined {
    return this.#held.get(assignment);
  }

  all(): SavedDraft[] {
    return [...this.#held.values()];
  }

  put(draft: SavedDraft): void {
    this.#held.set(draft.assignment, draft);
    if (this.#waiting && this.#waiting.assignment !== draft.assignment) void this.flush();
    this.#waiting = draft;
    this.saved(false);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), CALM);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    const draft = this.#waiting;
    if (!draft) return;
    this.#waiting = null;
    await this.journal.putDraft(draft).catch(() => undefined);
    if (!this.#pending()) this.saved(true);
  }

  /** Asked after a wait, in which something may have come. */
  #pending = (): boolean => this.#waiting !== null;

  /** The outbox or the kept answers have it now. */
  drop(assignment: number): void {
    this.#held.delete(assignment);
    if (this.#waiting?.assignment === assignment) {
      this.#waiting = null;
      clearTimeout(this.#timer);
      this.saved(true);
    }
    void this.journal.dropDraft(assignment).catch(() => undefined);
  }
}
