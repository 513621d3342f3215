/** Answers that came too late: shown until the person dismisses them. */
import { newId } from "../api/client";
import type { Task } from "../api/types";
import type { LabelJSON } from "../labels/values";
import type { Drafts } from "./drafts";
import type { Journal, Kept } from "./journal/records";

export class KeptAnswers {
  #all: readonly Kept[] = [];

  constructor(
    readonly who: { person: string; batch: string },
    readonly journal: Journal,
    readonly drafts: Drafts,
    readonly changed: (all: readonly Kept[]) => void,
  ) {}

  restore(kept: readonly Kept[]): void {
    this.#put(kept);
  }

  keep({ assignment, item: { key } }: Pick<Task, "assignment"> & { item: { key: string } }, label: LabelJSON | null, reason: string, detail: string): void {
    const kept: Kept = { ...this.who, id: newId(), key, label, reason, detail, at: Date.now() };
    void this.journal.putKept(kept).catch(() => undefined);
    this.drafts.drop(assignment);
    this.#put([...this.#all, kept]);
  }

  forget(id: string): void {
    void this.journal.dropKept(id).catch(() => undefined);
    this.#put(this.#all.filter((one) => one.id !== id));
  }

  #put(all: readonly Kept[]): void {
    this.#all = all;
    this.changed(all);
  }
}
