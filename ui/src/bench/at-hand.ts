/** The items that this page has: the one that is shown, those fetched ahead, and what was said about any of them. */
import type { Outcome } from "../api/client";
import type { Held, Task } from "../api/types";
import { begin } from "../labels/history";
import type { Drafts } from "./drafts";
import type { Holds } from "./holds";
import type { SavedDraft } from "./journal/records";
import type { KeptAnswers } from "./kept";
import type { Options } from "./server";
import type { BenchState, Sight } from "./state";
import { ActiveTimer } from "./timer";
import { beginWork, pickedLabel, touched, type Work } from "./work";

export const ON_ITS_WAY = "The picture is still on its way.";

export interface Around {
  who: { person: string; batch: string };
  get: () => BenchState;
  set: (some: Partial<BenchState>) => void;
  drafts: Drafts;
  kept: KeptAnswers;
  holds: Holds;
  options: Options;
  isSending: (assignment: number) => boolean;
  isStopped: () => boolean;
  /** Asks the server for more. */
  claim: () => void;
  failed: (outcome: Outcome<unknown>, again: () => void) => void;
}

export class AtHand {
  /** Of the item that is shown. */
  timer = new ActiveTimer(Date.now);
  /** Leases that this page is done with; a late answer of the server may still name them. */
  #finished = new Set<number>();

  /** Why the item before is gone, said where the next one is shown. */
  #parting = "";

  constructor(readonly around: Around) {}

  isFinished(assignment: number): boolean {
    return this.#finished.has(assignment) || this.around.isSending(assignment);
  }

  offer(task: Task): void {
    const { get, set, holds, options } = this.around;
    const { current, ahead } = get();
    holds.told(task);
    if (current?.task.assignment === task.assignment) return set({ heldUntil: holds.until(task.assignment) });
    if (ahead.some(({ assignment }) => assignment === task.assignment)) return;
    options.prepare?.(task)?.catch(() => undefined);
    set({ ahead: [...ahead, task] });
    if (!current) this.showNext();
  }

  /** Shows what was fetched ahead; if its time is over it is held anew before, or dropped for another. */
  showNext(): void {
    const { get, set, holds, isStopped, failed } = this.around;
    const [next, ...ahead] = get().ahead;
    if (!next) return set({ phase: "loading" });
    if (!holds.isOver(next.assignment)) {
      set({ ahead });
      return this.show(next);
    }
    set({ phase: "loading" });
    void holds.renew(next.assignment).then((outcome) => {
      if (isStopped() || get().current || outcome.kind === "gone") return;
      if (outcome.kind === "done") this.showNext();
      else failed(outcome, () => this.showNext());
    });
  }

  show(task: Task): void {
    const { get, set, drafts, holds } = this.around;
    const { batch } = get();
    if (!batch) return;
    const saved = drafts.of(task.assignment);
    const fits = saved?.work.draft.kind === batch.produces;
    const work = saved && fits ? saved.work : beginWork(task, batch);
    this.timer = new ActiveTimer(Date.now, saved?.seconds ?? 0, document.visibilityState !== "hidden");
    const current = { task, history: begin(work), restored: Boolean(saved && fits), refused: "" };
    const says = this.#parting;
    this.#parting = "";
    set({ phase: "working", detail: "", says, heldUntil: holds.until(task.assignment), current });
    this.look(task);
  }

  /** Follows whether the picture of the item that is shown comes to the screen. */
  look(task: Task): void {
    const { get, set, options } = this.around;
    const looking = options.prepare?.(task);
    const put = (sight: Sight): void => {
      const { current, says } = get();
      if (current?.task === task) set({ sight, says: says === ON_ITS_WAY ? "" : says });
    };
    set({ sight: looking ? "waits" : "shown" });
    looking?.then(
      () => put("shown"),
      () => put("failed"),
    );
  }

  /** The item that was shown is done with; the next one comes. */
  leave(assignment: number): void {
    this.#finished.add(assignment);
    this.around.holds.drop(assignment);
    this.around.set({ current: null, says: "" });
    this.showNext();
  }

  /** A label that was refused is shown again, before all others. */
  takeBack(task: Task, work: Work, refused: string): void {
    const { get, set } = this.around;
    this.#finished.delete(task.assignment);
    const { current } = get();
    if (current) {
      this.save(current.task, current.history.present);
      set({ ahead: [current.task, ...get().ahead] });
    }
    this.save(task, work);
    this.show(task);
    const { current: shown } = get();
    if (shown) set({ current: { ...shown, refused, restored: false } });
  }

  /** The same item under a newer number was given up for the answer to this one. */
  dropSame({ assignment, item }: Task): void {
    const { get, set, drafts } = this.around;
    const isSame = (task: Task): boolean => task.item.key === item.key && task.assignment !== assignment;
    const { current, ahead } = get();
    set({ ahead: ahead.filter((task) => !isSame(task)) });
    if (!current || !isSame(current.task)) return;
    drafts.drop(current.task.assignment);
    this.leave(current.task.assignment);
  }

  renewed(assignment: number, outcome: Outcome<Held>): void {
    const { get, set, kept, holds, isStopped, claim } = this.around;
    const { batch, current, ahead } = get();
    if (isStopped() || this.isFinished(assignment)) return;
    const isShown = current?.task.assignment === assignment;
    if (outcome.kind === "done" && isShown) return set({ heldUntil: holds.until(assignment) });
    if (outcome.kind !== "gone") return;
    if (isShown) {
      // It stays as long as its answer may be taken, even if it is held no longer.
      if (outcome.name === "not-renewed") return;
      const { task, history } = current;
      if (batch && touched(history.present, task, batch)) kept.keep(task, pickedLabel(history.present, task, batch), history.present.reason, outcome.detail);
      this.#parting = outcome.detail;
      this.leave(assignment);
    } else {
      if (!holds.isOver(assignment) || !ahead.some((task) => task.assignment === assignment)) return;
      holds.drop(assignment);
      set({ ahead: ahead.filter((task) => task.assignment !== assignment) });
      if (!current) this.showNext();
    }
    claim();
  }

  /**
   * Holds anew what was said something about, or is shown, and is held no longer; returns whether anything is held now that
   * the claim did not bring. What came back under another number goes on under that. `before`: what was at hand when the
   * claim set out; what came meanwhile is not in its answer.
   */
  async rescue(tasks: readonly Task[], before: ReadonlySet<number | undefined>): Promise<boolean> {
    const { get, drafts, kept, holds, isStopped } = this.around;
    let rescued = false;
    for (const draft of drafts.all()) {
      const { assignment, key, label, work } = draft;
      if (tasks.some((task) => task.assignment === assignment) || this.isFinished(assignment) || isStopped()) continue;
      const same = tasks.find((task) => task.item.key === key);
      if (same) await this.#move(draft, same);
      else if (label === null && work.reason === "") drafts.drop(assignment);
      else {
        const outcome = await holds.renew(assignment);
        rescued ||= outcome.kind === "done";
        // What is shown has been looked after by then.
        const isLost = outcome.kind === "gone" && drafts.of(assignment) && get().current?.task.assignment !== assignment;
        if (isLost) kept.keep({ assignment, item: { key } }, label, work.reason, outcome.detail);
      }
    }
    const shown = get().current?.task.assignment;
    if (shown === undefined || !before.has(shown) || tasks.some((task) => task.assignment === shown) || isStopped()) return rescued;
    return (await holds.renew(shown)).kind === "done" || rescued;
  }

  save(task: Task, work: Work): void {
    const { who, drafts, get } = this.around;
    const { assignment, item } = task;
    const { batch } = get();
    if (!batch) return;
    drafts.put({ ...who, assignment, key: item.key, work, label: pickedLabel(work, task, batch), seconds: this.timer.seconds, at: Date.now() });
  }

  async #move(draft: SavedDraft, task: Task): Promise<void> {
    const { get, set, drafts, holds } = this.around;
    const { current } = get();
    if (current?.task.assignment === draft.assignment) {
      holds.told(task);
      set({ current: { ...current, task }, heldUntil: holds.until(task.assignment) });
      this.look(task);
    }
    holds.drop(draft.assignment);
    drafts.put({ ...draft, assignment: task.assignment });
    await drafts.flush(); // it is written down under the new number before it is forgotten under the old one
    drafts.drop(draft.assignment);
  }
}
