import "fake-indexeddb/auto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { backoff, retryAfter } from "../api/backoff";
import { newId, outcomeOf, type Outcome } from "../api/client";
import type { BatchInfo, Reply, Task } from "../api/types";
import { Engine } from "./engine";
import { openJournal } from "./journal/indexeddb";
import { memoryJournal } from "./journal/memory";
import { added, emptyOutbox, ready, settled, started, woken, type Outbox, type Waiting } from "./journal/outbox";
import type { Entry } from "./journal/records";
import type { Server } from "./server";
import { ActiveTimer } from "./timer";
import { readiness, beginWork } from "./work";

const batch: BatchInfo = {
  batch: "b-1", project: "Shelves", task: "image_classification", produces: "choice", media: "image",
  questions: [],
  labels: [{ name: "cat", help: "" }, { name: "dog", help: "" }], instructions: "", pay: { answer: 4, per: "item", words: "4 cents an answer", expert: 20, currency: "EUR" },
  role: "labeller", done: 0, earned: 0, waiting: true, others_first: false,
};
const task = (assignment: number, more: Partial<Task> = {}): Task => ({
  assignment, queue: "label", item: { key: `item-${assignment}`, text: null, media: null, extra: {} },
  suggestion: null, until: new Date(Date.now() + 600_000).toISOString(), review: null, ...more,
});

describe("an outcome", () => {
  it("is final only where the server has decided", () => {
    const kind = (status: number, body: unknown = {}): string => outcomeOf({ status, body, after: null }).kind;
    expect([200, 401, 403, 404, 409, 413, 422].map((status) => kind(status))).toEqual(["done", "signed-out", "stopped", "gone", "gone", "refused", "refused"]);
    for (const status of [408, 425, 429, 500, 502, 503]) expect(kind(status)).toBe("again");
    expect(outcomeOf({ status: 200, body: undefined, after: null }).kind).toBe("again");
    expect(outcomeOf({ status: 422, body: { detail: "A box has no area." }, after: null })).toMatchObject({ detail: "A box has no area." });
  });
  it("waits as long as the server asks, and never too long", () => {
    expect(retryAfter("7", 0)).toBe(7000);
    expect(retryAfter("Thu, 01 Jan 1970 00:00:09 GMT", 4000)).toBe(5000);
    expect(retryAfter("soon", 0)).toBeNull();
    expect(backoff(0, { after: 7000 })).toBe(7000);
    for (let attempt = 0; attempt < 40; attempt++) expect(backoff(attempt)).toBeLessThanOrEqual(30_000);
  });
  it("ids are random UUIDs", () => {
    expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(Array.from({ length: 100 }, newId)).size).toBe(100);
  });
});

describe("the outbox", () => {
  const again: Outcome<Reply> = { kind: "again", after: null, offline: true, detail: "" };
  const outcomes = fc.constantFrom<Outcome<Reply>>(again, { ...again, offline: false }, { kind: "done", reply: { next: null } }, { kind: "gone", detail: "" }, { kind: "refused", detail: "" });

  it("loses nothing and sends nothing twice after it is acknowledged, in order", () => {
    fc.assert(
      fc.property(fc.array(outcomes, { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), (answers, count) => {
        let box: Outbox<Waiting> = emptyOutbox();
        for (let id = 0; id < count; id++) box = added(added(box, { client_id: String(id) }), { client_id: String(id) });
        const final: string[] = [];
        let now = 0;
        for (const outcome of [...answers, ...Array.from({ length: count }, () => ({ kind: "done", reply: { next: null } }) as const)]) {
          now = Math.max(now, box.due);
          const entry = ready(box, now);
          if (!entry) break;
          box = settled(started(box, entry.client_id), entry.client_id, outcome, { now });
          if (outcome.kind === "again") expect(ready(box, now)).toBeNull();
          else final.push(entry.client_id);
        }
        expect(final).toEqual(Array.from({ length: count }, (_, id) => String(id)));
        expect(box.entries).toEqual([]);
      }),
    );
  });
  it("tries at once when woken, and halts when signed out", () => {
    let box: Outbox<Waiting> = added(emptyOutbox(), { client_id: "a" });
    box = settled(started(box, "a"), "a", again, { now: 0 });
    expect(ready(woken(box), 0)).toEqual({ client_id: "a" });
    box = settled(started(woken(box), "a"), "a", { kind: "signed-out" }, { now: 0 });
    expect(ready(woken(box), 1e9)).toBeNull();
    expect(box.entries).toHaveLength(1);
  });
});

describe("the timer", () => {
  it("counts what is seen and stops after a minute without a move", () => {
    let now = 0;
    const timer = new ActiveTimer(() => now);
    now = 5000;
    expect(timer.seconds).toBe(5);
    now = 500_000;
    expect(timer.seconds).toBe(60);
    timer.touch();
    now += 3000;
    timer.show(false);
    now += 90_000;
    timer.show(true);
    now += 2000;
    expect(timer.seconds).toBe(65);
  });
});

describe("readiness", () => {
  it("asks twice before nothing is submitted, and never invents a choice", () => {
    const multi = { ...batch, produces: "choices" as const };
    expect(readiness(beginWork(task(1), batch), task(1), batch).kind).toBe("missing");
    expect(readiness(beginWork(task(1), multi), task(1), multi)).toMatchObject({ kind: "confirm", label: [] });
    const suggested = task(1, { suggestion: "cat" });
    expect(readiness(beginWork(suggested, batch), suggested, batch)).toMatchObject({ kind: "accept", draft: { name: "cat" } });
    const earlier = task(1, { suggestion: "zebra" });
    expect(readiness(beginWork(earlier, batch), earlier, batch).kind).toBe("missing");
  });
});

describe("the engine", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    vi.stubGlobal("document", { visibilityState: "visible" });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 30; turn++) await Promise.resolve();
  };
  /** A server with numbered tasks, whose sends answer what the test says. */
  const serve = (count: number, sends: (entry: Entry) => Outcome<Reply> | null = () => null): Server & { got: Entry[]; held: Task[] } => {
    let next = 1;
    const held: Task[] = [];
    const got: Entry[] = [];
    const seen = new Map<string, Reply>();
    const lease = (): Task | null => {
      if (next > count) return null;
      const made = task(next++);
      held.push(made);
      return made;
    };
    return {
      got, held,
      info: () => Promise.resolve({ kind: "done", reply: batch }),
      claim: (ahead) => {
        while (held.length < ahead && lease());
        return Promise.resolve({ kind: "done", reply: { tasks: [...held] } });
      },
      send: (entry) => {
        const said = sends(entry);
        if (said) return Promise.resolve(said);
        let reply = seen.get(entry.client_id);
        if (!reply) {
          got.push(entry);
          held.splice(held.findIndex(({ assignment }) => assignment === entry.task.assignment), 1);
          reply = { answer: got.length, next: lease(), done: got.length, earned: got.length * 4 };
          seen.set(entry.client_id, reply);
        }
        return Promise.resolve({ kind: "done", reply });
      },
      renew: (assignment) => {
        const lease = held.find((one) => one.assignment === assignment);
        return Promise.resolve(lease ? { kind: "done", reply: { assignment, until: lease.until, left: lease.left ?? 600 } } : { kind: "gone", detail: LOST, name: "too-late" });
      },
      release: () => Promise.resolve(),
    };
  };
  const LOST = "The time for this item ran out, and somebody else answered it meanwhile.";
  const choose = (engine: Engine, name: string): void => engine.change((work) => ({ ...work, draft: { kind: "choice", name } }));
  const who = { person: "p", batch: "b-1" };

  it("shows the next item before the server has answered", async () => {
    const engine = new Engine(who, serve(3), memoryJournal(), {});
    await engine.start();
    choose(engine, "cat");
    engine.submit();
    expect(engine.get().current?.task.assignment).toBe(2);
    await settle();
    expect(engine.get()).toMatchObject({ unsent: 0, done: 1, earned: 4 });
    expect(engine.get().ahead.map(({ assignment }) => assignment)).toEqual([3]);
  });
  it("answers every item once, however often the network fails", async () => {
    let turn = 0;
    const server = serve(12, () => (turn++ % 3 ? { kind: "again", after: null, offline: true, detail: "" } : null));
    const engine = new Engine(who, server, memoryJournal(), {});
    await engine.start();
    for (let round = 0; round < 400 && engine.get().phase !== "empty"; round++) {
      if (engine.get().current) {
        choose(engine, "dog");
        engine.submit();
      }
      await vi.advanceTimersByTimeAsync(10_000);
      await settle();
    }
    expect(server.got.map((entry) => entry.task.assignment)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
    expect(engine.get()).toMatchObject({ unsent: 0, done: 12 });
  });
  it("brings drafts and unsent answers back after a crash", async () => {
    const journal = memoryJournal();
    const server = serve(4, () => ({ kind: "again", after: null, offline: true, detail: "" }));
    const before = new Engine(who, server, journal, {});
    await before.start();
    choose(before, "cat");
    before.submit();
    choose(before, "dog");
    await before.flush();
    await settle();
    const healthy = serve(4);
    await healthy.claim(2, null);
    const after = new Engine(who, healthy, journal, {});
    await after.start();
    await settle();
    expect(healthy.got.map(({ send }) => send.kind === "submit" && send.body.label)).toEqual(["cat"]);
    expect(after.get().current).toMatchObject({ restored: true, task: { assignment: 2 } });
    expect(after.get().current?.history.present.draft).toEqual({ kind: "choice", name: "dog" });
  });
  it("keeps the answer whose item went to somebody else, and goes on", async () => {
    const journal = memoryJournal();
    const engine = new Engine(who, serve(3, ({ task: { assignment } }) => (assignment === 1 ? { kind: "gone", detail: "The lease is gone." } : null)), journal, {});
    await engine.start();
    choose(engine, "cat");
    engine.submit();
    await settle();
    expect(engine.get().kept).toMatchObject([{ key: "item-1", label: "cat", detail: "The lease is gone." }]);
    expect(engine.get()).toMatchObject({ unsent: 0, current: { task: { assignment: 2 } } });
    expect((await journal.load()).kept).toHaveLength(1);
  });
  it("shows a refused label again with the reason, and loses no other work", async () => {
    const engine = new Engine(who, serve(3, ({ task: { assignment } }) => (assignment === 1 ? { kind: "refused", detail: "No such label." } : null)), memoryJournal(), {});
    await engine.start();
    choose(engine, "cat");
    engine.submit();
    choose(engine, "dog");
    await settle();
    expect(engine.get().current).toMatchObject({ refused: "No such label.", task: { assignment: 1 } });
    expect(engine.get().ahead[0]?.assignment).toBe(2);
  });
  it("forgets the draft of a skipped item", async () => {
    const journal = memoryJournal();
    const engine = new Engine(who, serve(3), journal, {});
    await engine.start();
    choose(engine, "cat");
    await engine.flush();
    engine.skip("I cannot see it");
    await settle();
    expect((await journal.load()).drafts).toEqual([]);
    expect(engine.get()).toMatchObject({ current: { task: { assignment: 2 } } });
  });
  it("says that nobody is signed in until somebody is", async () => {
    const healthy = serve(2);
    let signedIn = false;
    const engine = new Engine(who, { ...healthy, claim: (...all) => (signedIn ? healthy.claim(...all) : Promise.resolve({ kind: "signed-out" })) }, memoryJournal(), {});
    await engine.start();
    await settle();
    expect(engine.get().trouble).toBe("signed-out");
    signedIn = true;
    engine.retry();
    await settle();
    expect(engine.get()).toMatchObject({ trouble: "none", phase: "working" });
  });
  it("lets go of items that went to somebody else, and keeps what was said about them", async () => {
    const server = serve(4);
    const engine = new Engine(who, server, memoryJournal(), {});
    await engine.start();
    choose(engine, "cat");
    server.held.length = 0;
    await engine.claim();
    expect(engine.get().kept).toMatchObject([{ key: "item-1", label: "cat", detail: LOST }]);
    expect(engine.get().current?.task.assignment).toBe(3);
    expect(engine.get().ahead.map(({ assignment }) => assignment)).toEqual([4]);
  });
  it("begins with the item that was asked for", async () => {
    const engine = new Engine(who, serve(3), memoryJournal(), { item: "item-2" });
    await engine.start();
    expect(engine.get().current?.task.item.key).toBe("item-2");
  });
  it("waits once five answers are unsent", async () => {
    const engine = new Engine(who, { ...serve(20), send: () => new Promise(() => undefined), claim: () => Promise.resolve({ kind: "done", reply: { tasks: Array.from({ length: 9 }, (_, at) => task(at + 1)) } }) }, memoryJournal(), {});
    await engine.start();
    for (let turn = 0; turn < 8; turn++) {
      choose(engine, "cat");
      engine.submit();
    }
    expect(engine.get()).toMatchObject({ unsent: 5, current: { task: { assignment: 6 } } });
    expect(engine.get().says).toContain("Five answers");
  });
});

describe("the journal in IndexedDB", () => {
  it("gives back what was written for this person and batch only", async () => {
    const journal = await openJournal("p", "b-1");
    const other = await openJournal("q", "b-1");
    const work = beginWork(task(1), batch);
    await journal.putDraft({ person: "p", batch: "b-1", assignment: 1, key: "k", work, label: null, seconds: 2, at: Date.now() });
    await journal.putKept({ id: "x", person: "p", batch: "b-1", key: "k", label: ["a"], reason: "", detail: "", at: Date.now() });
    expect((await journal.load()).drafts).toHaveLength(1);
    expect(await other.load()).toEqual({ drafts: [], entries: [], kept: [] });
    await journal.dropDraft(1);
    expect((await journal.load()).drafts).toHaveLength(0);
  });
  it("keeps an answer as large as the server takes", async () => {
    const journal = await openJournal("large", "b-1");
    const label = "x".repeat(8 << 20);
    await journal.putKept({ id: "x", person: "large", batch: "b-1", key: "k", label, reason: "", detail: "", at: Date.now() });
    expect((await journal.load()).kept[0]?.label).toEqual(label);
  });
});
