/** Runs the outbox: writes entries down, sends them one by one, and forgets each when it is acknowledged. */
import type { Outcome } from "../../api/client";
import type { Reply } from "../../api/types";
import { added, emptyOutbox, ready, settled, started, woken, type Outbox } from "./outbox";
import type { Entry, Journal } from "./records";

export interface Hearer {
  changed(): void;
  done(entry: Entry, reply: Reply): void;
  gone(entry: Entry, detail: string): void;
  refused(entry: Entry, detail: string): void;
}

export class Sender {
  box: Outbox<Entry> = emptyOutbox();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly journal: Journal,
    readonly send: (entry: Entry) => Promise<Outcome<Reply>>,
    readonly hear: Hearer,
  ) {}

  /** Entries of an earlier life of the page are already written down. */
  restore(entries: readonly Entry[]): void {
    for (const entry of entries) this.box = added(this.box, entry);
    this.#pump();
  }

  add(entry: Entry): void {
    this.box = added(this.box, entry);
    const written = this.journal.putEntry(entry).catch(() => undefined);
    // It travels only after it is written down: a crash in between loses nothing.
    void written.then(() => this.#pump());
  }

  wake(): void {
    this.box = woken(this.box);
    this.#pump();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.box = { ...this.box, trouble: "stopped" };
  }

  #pump(): void {
    clearTimeout(this.#timer);
    const now = Date.now();
    const entry = ready(this.box, now);
    if (entry) void this.#deliver(entry);
    else if (this.box.sending === null && this.box.entries.length > 0 && this.box.due > now) {
      this.#timer = setTimeout(() => this.#pump(), this.box.due - now);
    }
    this.hear.changed();
  }

  async #deliver(entry: Entry): Promise<void> {
    this.box = started(this.box, entry.client_id);
    const outcome = await this.send(entry);
    const stopped = this.box.trouble === "stopped";
    this.box = settled(this.box, entry.client_id, outcome, { now: Date.now() });
    if (stopped) this.stop();
    // The engine writes down what it makes of the entry before the entry itself is forgotten.
    if (outcome.kind === "done") this.hear.done(entry, outcome.reply);
    if (outcome.kind === "gone") this.hear.gone(entry, outcome.detail);
    if (outcome.kind === "refused") this.hear.refused(entry, outcome.detail);
    if (outcome.kind === "done" || outcome.kind === "gone" || outcome.kind === "refused") {
      await this.journal.dropEntry(entry.client_id).catch(() => undefined);
    }
    this.#pump();
  }
}
