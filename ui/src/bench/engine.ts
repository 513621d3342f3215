/**
 * The bench without its pages: which item is at hand, what has been said about it, what travels.
 * Every change makes a new `BenchState`; React only draws it.
 */
import { newId, type Outcome } from "../api/client";
import type { Reply, Task } from "../api/types";
import { change, redo, undo } from "../labels/history";
import { AtHand, ON_ITS_WAY } from "./at-hand";
import { Drafts } from "./drafts";
import { Holds } from "./holds";
import { isFull } from "./journal/outbox";
import type { Entry, Journal } from "./journal/records";
import { Sender } from "./journal/sender";
import { KeptAnswers } from "./kept";
import { Retries } from "./retries";
import type { Options, Server } from "./server";
import { FIRST, type BenchState } from "./state";
import { readiness, submission, touched, type Work } from "./work";

export const AHEAD = 2;
const POLL = 15_000;
const UNSEEN = "The picture could not be loaded";
export const NO_ANSWER = "An item that could not be shown takes no answer.";

export class Engine {
  #state: BenchState = FIRST;
  #listeners = new Set<() => void>();
  #sender: Sender;
  #drafts: Drafts;
  #kept: KeptAnswers;
  #holds: Holds;
  #hand: AtHand;
  #claiming = false;
  #served = { done: 0, earned: 0 };
  /** What is wrong with getting work; what is wrong with sending comes first. */
  #claims = new Retries(() => this.#count());
  #confirmed = -1;
  #wanted: string | null;
  #stopped = false;

  constructor(
    readonly who: { person: string; batch: string },
    readonly server: Server,
    readonly journal: Journal,
    readonly options: Options,
  ) {
    this.#set({ fleeting: options.fleeting ?? false });
    this.#wanted = options.item ?? null;
    this.#drafts = new Drafts(journal, (saved) => this.#state.saved !== saved && this.#set({ saved }));
    this.#kept = new KeptAnswers(who, journal, this.#drafts, (all) => this.#set({ kept: all }));
    this.#sender = new Sender(journal, (entry) => server.send(entry), {
      changed: () => this.#count(),
      done: (entry, reply) => this.#done(entry, reply),
      gone: (entry, detail) => this.#gone(entry, detail),
      refused: ({ task, work }, detail) => this.#hand.takeBack(task, work, detail),
    });
    this.#holds = new Holds(Date.now, (assignment) => server.renew(assignment), {
      ready: () => !this.#stopped && this.#state.trouble === "none" && (options.online?.() ?? true),
      renewed: (assignment, outcome) => this.#hand.renewed(assignment, outcome),
    });
    this.#hand = new AtHand({
      who,
      get: this.get,
      set: (some) => this.#set(some),
      drafts: this.#drafts,
      kept: this.#kept,
      holds: this.#holds,
      options,
      isSending: (assignment) => this.#sender.box.entries.some((entry) => entry.task.assignment === assignment),
      isStopped: this.#hasStopped,
      claim: () => void this.claim(),
      failed: (outcome, again) => this.#failed(outcome, again),
    });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  get = (): BenchState => this.#state;

  async start(): Promise<void> {
    const { drafts, entries, kept } = await this.journal.load().catch(() => {
      this.#set({ fleeting: true });
      return { drafts: [], entries: [], kept: [] };
    });
    this.#drafts.restore(drafts);
    this.#kept.restore(kept);
    this.#sender.restore(entries);
    await this.#learn();
  }

  /** Another tab works on this batch now. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#claims.stop();
    this.#holds.stop();
    await this.#drafts.flush();
    this.#sender.stop();
    this.#set({ phase: "other-tab" });
  }

  // What the person does.

  change(make: (work: Work) => Work, tag = ""): void {
    const { current } = this.#state;
    if (!current) return;
    const history = change(current.history, make(current.history.present), tag);
    if (history !== current.history) this.#worked({ ...current, history });
  }
  undo = (): void => this.#step(undo);
  redo = (): void => this.#step(redo);

  /** Sends the answer and shows the next item; or says what is missing. */
  submit(): void {
    const { current, batch, sight } = this.#state;
    if (!current || !batch) return;
    if (sight === "failed") return this.say(`${NO_ANSWER} Try to load it again, or skip it.`);
    if (sight === "waits") return this.say(ON_ITS_WAY);
    const { task, history } = current;
    const found = readiness(history.present, task, batch);
    if (found.kind === "missing") return this.say(found.says);
    if (found.kind === "accept") {
      this.change((work) => ({ ...work, draft: found.draft }));
      return this.say(found.says);
    }
    if (found.kind === "confirm" && this.#confirmed !== task.assignment) {
      this.#confirmed = task.assignment;
      return this.say(found.says);
    }
    const body = submission(task, history.present, found.label, this.#hand.timer.seconds);
    this.#leave(task, history.present, (client_id) => ({ kind: "submit", body: { ...body, client_id } }));
  }

  skip(reason: string): void {
    const { current } = this.#state;
    if (!current) return;
    this.#leave(current.task, current.history.present, (client_id) => ({
      kind: "skip",
      body: { assignment: current.task.assignment, client_id, reason },
    }));
  }

  /** Passes on an item that could not be shown; whoever looks after the batch reads why. */
  skipUnseen = (): void => this.skip(UNSEEN);

  /** Gives back what is held and untouched; called when the person goes away on purpose. */
  async giveBack(): Promise<void> {
    const { current, ahead, batch } = this.#state;
    await this.#drafts.flush();
    if (!batch) return;
    const held = current && !touched(current.history.present, current.task, batch) ? [current.task, ...ahead] : ahead;
    await Promise.all(held.filter(({ assignment }) => !this.#drafts.of(assignment)).map(({ assignment }) => this.server.release(assignment)));
  }

  forget = (id: string): void => this.#kept.forget(id);
  say = (says: string): void => this.#set({ says });
  active = (): void => {
    this.#hand.timer.touch();
    this.#holds.touch();
  };
  flush = (): Promise<void> => this.#drafts.flush();

  seen(visible: boolean): void {
    this.#hand.timer.show(visible);
    if (!visible) void this.#drafts.flush();
    else if (this.#state.phase === "empty") void this.claim();
    else this.#holds.touch();
  }

  /** The network is back, or the person asks to try now. */
  retry = (): void => {
    if (this.#stopped) return;
    this.#sender.wake();
    this.#claims.stop();
    this.#holds.wake();
    if (this.#state.batch) void this.claim();
    else void this.#learn();
  };

  // What the server says.

  async #learn(): Promise<void> {
    const outcome = await this.server.info();
    if (this.#hasStopped()) return;
    if (outcome.kind !== "done") return this.#failed(outcome, () => void this.#learn());
    this.#claims.fine();
    this.#served = { done: outcome.reply.done, earned: outcome.reply.earned };
    this.#set({ batch: outcome.reply });
    this.#count();
    await this.claim();
  }

  /** Loads a picture again. Addresses of media last for minutes: a new claim brings new ones. */
  async refresh(): Promise<void> {
    this.#set({ sight: "waits" });
    const outcome = await this.server.claim(AHEAD, null);
    const { current } = this.#state;
    if (!current) return;
    const tasks = outcome.kind === "done" ? outcome.reply.tasks : [];
    const task = tasks.find(({ assignment }) => assignment === current.task.assignment) ?? current.task;
    await this.options.anew?.(task);
    if (this.#state.current?.task.assignment !== task.assignment) return;
    this.#set({ current: { ...this.#state.current, task } });
    this.#hand.look(task);
  }

  async claim(): Promise<void> {
    if (this.#claiming || this.#stopped || !this.#state.batch) return;
    this.#claiming = true;
    this.#claims.stop();
    const before = new Set([this.#state.current?.task, ...this.#state.ahead].map((task) => task?.assignment));
    let outcome = await this.server.claim(AHEAD, this.#wanted);
    if (outcome.kind === "done" && (await this.#hand.rescue(outcome.reply.tasks, before))) outcome = await this.server.claim(AHEAD, this.#wanted);
    this.#claiming = false;
    if (this.#hasStopped()) return;
    if (outcome.kind !== "done") return this.#failed(outcome, () => void this.claim());
    this.#claims.fine();
    const tasks = outcome.reply.tasks.filter(({ assignment }) => !this.#hand.isFinished(assignment));
    tasks.sort((a, b) => Number(b.item.key === this.#wanted) - Number(a.item.key === this.#wanted));
    this.#wanted = null;
    const held = (assignment: number): boolean => tasks.some((task) => task.assignment === assignment);
    // What came while the claim travelled is not in its answer.
    const lost = ({ assignment }: Task): boolean => before.has(assignment) && !held(assignment);
    this.#set({ ahead: this.#state.ahead.filter((task) => !lost(task)) });
    for (const task of tasks) this.#hand.offer(task);
    if (this.#state.current) return;
    if (tasks.length === 0 && this.#state.unsent === 0) {
      this.#set({ phase: "empty" });
      this.#claims.later(() => void this.#learn(), POLL);
    }
  }

  #failed(outcome: Outcome<unknown>, again: () => void): void {
    this.#claims.failed(outcome, again);
    if ("detail" in outcome && !this.#state.current) this.#set({ phase: "error", detail: outcome.detail });
  }

  #done({ task, send }: Entry, reply: Reply): void {
    const { done, earned } = this.#served;
    const counted = send.kind === "submit" ? 1 : 0;
    this.#served = { done: reply.done ?? done + counted, earned: reply.earned ?? earned + (reply.cents ?? 0) };
    this.#drafts.drop(task.assignment);
    if (send.kind === "submit") this.#hand.dropSame(task);
    if (reply.next && !this.#hand.isFinished(reply.next.assignment)) this.#hand.offer(reply.next);
    // The last of what travelled is answered, and nothing came with it: ask once more.
    queueMicrotask(() => !this.#state.current && void this.claim());
  }

  #gone({ task, work, send }: Entry, detail: string): void {
    if (send.kind === "submit") this.#kept.keep(task, send.body.label, work.reason, detail);
    else this.#drafts.drop(task.assignment);
    queueMicrotask(() => !this.#state.current && void this.claim());
  }

  // What both change.

  /** Asked after a wait, in which everything may have changed. */
  #hasStopped = (): boolean => this.#stopped;

  #leave(task: Task, work: Work, send: (client_id: string) => Entry["send"]): void {
    if (isFull(this.#sender.box)) return this.say("Five answers wait to be sent. This one is kept here until the server answers.");
    const client_id = newId();
    this.#sender.add({ ...this.who, client_id, at: Date.now(), task, work, send: send(client_id) });
    this.#hand.leave(task.assignment);
    this.#count();
  }

  #step(go: typeof undo): void {
    const { current } = this.#state;
    const history = current && go(current.history);
    if (current && history && history !== current.history) this.#worked({ ...current, history });
  }

  #worked(current: NonNullable<BenchState["current"]>): void {
    this.#confirmed = -1;
    this.#set({ current, says: "" });
    this.#hand.save(current.task, current.history.present);
  }

  #count(): void {
    const { entries, ...box } = this.#sender.box;
    const { trouble, detail } = box.trouble === "none" ? this.#claims : box;
    const travelling = entries.filter(({ send }) => send.kind === "submit").length;
    this.#set({
      unsent: entries.length,
      done: this.#served.done + travelling,
      earned: this.#served.earned,
      trouble,
      troubleDetail: detail,
    });
  }

  #set(some: Partial<BenchState>): void {
    this.#state = { ...this.#state, ...some };
    for (const listener of this.#listeners) listener();
  }
}
