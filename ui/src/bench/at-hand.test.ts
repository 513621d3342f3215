import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Outcome } from "../api/client";
import type { BatchInfo, Held, Reply, Task } from "../api/types";
import { Engine } from "./engine";
import { memoryJournal } from "./journal/memory";
import type { Entry } from "./journal/records";
import type { Options, Server } from "./server";

const SECONDS = 8;
const LOST = "The time for this item ran out, and somebody else has it now.";
const lost: Outcome<Held> = { kind: "gone", detail: LOST, name: "too-late" };
const offline: Outcome<never> = { kind: "again", after: null, offline: true, detail: "The server cannot be reached." };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  vi.stubGlobal("document", { visibilityState: "visible" });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the items at hand", () => {
  const batch: BatchInfo = {
    batch: "b-1", project: "Shelves", task: "image_classification", produces: "choice", media: "image",
    questions: [],
    labels: [{ name: "cat", help: "" }, { name: "dog", help: "" }], instructions: "", pay: { answer: 4, per: "item", words: "4 cents an answer", expert: 20, currency: "EUR" },
    role: "labeller", done: 0, earned: 0, waiting: true, others_first: false,
  };
  const who = { person: "p", batch: "b-1" };

  /** A server by its own clock, whose holds run out; `taken` are items that somebody else has by now. */
  const serve = () => {
    let numbers = 1;
    let items = 1;
    const until = new Map<number, number>();
    const tasks = new Map<number, Task>();
    const taken = new Set<number>();
    const got: Entry[] = [];
    const renewed: number[] = [];
    const world = { online: true };
    const grant = (assignment: number): void => void until.set(assignment, Date.now() + SECONDS * 1000);
    const lease = (key = `item-${items++}`): Task => {
      const assignment = numbers++;
      grant(assignment);
      const made: Task = { assignment, queue: "label", item: { key, text: "x", media: null, extra: {} }, suggestion: null, until: null, review: null };
      tasks.set(assignment, made);
      return made;
    };
    const now = (task: Task): Task => ({ ...task, left: Math.max(0, ((until.get(task.assignment) ?? 0) - Date.now()) / 1000) });
    const held = (): Task[] => [...until].filter(([, end]) => end > Date.now()).flatMap(([assignment]) => tasks.get(assignment) ?? []);
    const way = <T>(make: () => Outcome<T>): Promise<Outcome<T>> => Promise.resolve(world.online ? make() : offline);
    const server: Server = {
      info: () => way(() => ({ kind: "done", reply: batch })),
      claim: (ahead) =>
        way(() => {
          while (held().length < ahead) lease();
          return { kind: "done", reply: { tasks: held().map(now) } };
        }),
      send: (entry) =>
        way<Reply>(() => {
          const { assignment } = entry.task;
          if (taken.has(assignment)) return { kind: "gone", detail: LOST, name: "too-late" };
          got.push(entry);
          until.delete(assignment);
          return { kind: "done", reply: { next: now(lease()), done: got.length, cents: 4 } };
        }),
      renew: (assignment) =>
        way(() => {
          renewed.push(assignment);
          if (taken.has(assignment)) return lost;
          grant(assignment);
          return { kind: "done", reply: { assignment, until: null, left: SECONDS } };
        }),
      release: () => Promise.resolve(),
    };
    return { server, got, renewed, taken, world, lease, until };
  };
  const open = async (server: Server, options: Options = {}, journal = memoryJournal()): Promise<Engine> => {
    const engine = new Engine(who, server, journal, options);
    await engine.start();
    return engine;
  };
  const choose = (engine: Engine, name: string): void => {
    engine.active();
    engine.change((work) => ({ ...work, draft: { kind: "choice", name } }));
  };
  const pass = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000);

  it("sends a late answer, and holds the item that was fetched ahead anew before it shows it", async () => {
    const { server, got, renewed, until } = serve();
    const engine = await open(server);
    await pass(1);
    choose(engine, "cat");
    await pass(16);
    expect(renewed).toEqual([1, 2]);
    expect(engine.get().current?.task.assignment).toBe(1);
    engine.active();
    engine.submit();
    expect(engine.get()).toMatchObject({ current: null, phase: "loading" });
    await pass(0);
    expect(got.map(({ task }) => task.assignment)).toEqual([1]);
    expect(engine.get()).toMatchObject({ kept: [], done: 1, phase: "working", current: { task: { assignment: 2 } } });
    expect(until.get(2)).toBeGreaterThan(Date.now());
    expect(renewed, "what is submitted needs no renewal").toEqual([1, 2, 2]);
  });
  it("drops what was fetched ahead and went to somebody else, and shows another", async () => {
    const { server, taken } = serve();
    const engine = await open(server);
    await pass(1);
    choose(engine, "cat");
    await pass(16);
    taken.add(2);
    engine.submit();
    await pass(0);
    expect(engine.get()).toMatchObject({ phase: "working", kept: [] });
    expect(engine.get().current?.task.assignment).toBeGreaterThan(2);
    expect(engine.get().ahead.map(({ assignment }) => assignment)).not.toContain(2);
  });
  it("shows nothing that is held no longer while there is no network, and goes on when there is", async () => {
    const { server, world, got } = serve();
    const engine = await open(server);
    choose(engine, "cat");
    await pass(30);
    world.online = false;
    engine.submit();
    await pass(1);
    expect(engine.get()).toMatchObject({ current: null, unsent: 1, trouble: "offline" });
    world.online = true;
    engine.retry();
    await pass(1);
    expect(got).toHaveLength(1);
    expect(engine.get()).toMatchObject({ phase: "working", unsent: 0, trouble: "none" });
  });
  it("says what became of an item that somebody else has, and keeps what was said about it", async () => {
    const { server, taken } = serve();
    const engine = await open(server);
    await pass(1);
    choose(engine, "dog");
    await pass(20);
    taken.add(1);
    engine.active();
    await pass(0);
    expect(engine.get().kept).toMatchObject([{ key: "item-1", label: "dog", detail: LOST }]);
    expect(engine.get().current?.task.assignment).not.toBe(1);
    expect(engine.get().says).toBe(LOST);
  });
  it("leaves an item at hand that the server holds no longer, because its answer may still be taken", async () => {
    const { server, got } = serve();
    const engine = await open({ ...server, renew: () => Promise.resolve({ kind: "gone", detail: "It was held as long as an item can be.", name: "not-renewed" }) });
    await pass(1);
    choose(engine, "dog");
    await pass(20);
    engine.active();
    await pass(1);
    expect(engine.get().current?.task.assignment).toBe(1);
    engine.submit();
    await pass(0);
    expect(got).toHaveLength(1);
  });
  it("brings back what was said about an item whose time ran out while the page was closed", async () => {
    const { server, renewed } = serve();
    const journal = memoryJournal();
    const before = await open(server, {}, journal);
    choose(before, "dog");
    await before.stop();
    await pass(60);
    const after = await open(server, {}, journal);
    await pass(0);
    expect(renewed).toEqual([1]);
    expect(after.get()).toMatchObject({ kept: [], current: { restored: true, task: { assignment: 1 } } });
  });
  it("keeps what was said about an item that somebody else has by the time the page is opened again", async () => {
    const { server, taken } = serve();
    const journal = memoryJournal();
    const before = await open(server, {}, journal);
    choose(before, "dog");
    await before.stop();
    await pass(60);
    taken.add(1);
    const after = await open(server, {}, journal);
    await pass(0);
    expect(after.get().kept).toMatchObject([{ key: "item-1", label: "dog", detail: LOST }]);
    expect((await journal.load()).drafts).toEqual([]);
  });
  it("goes on with an item that came back under another number", async () => {
    const { server, lease, until } = serve();
    const journal = memoryJournal();
    const before = await open(server, {}, journal);
    choose(before, "dog");
    await before.stop();
    await pass(60);
    until.clear();
    const again = lease("item-1");
    const after = await open(server, {}, journal);
    await pass(0);
    expect(after.get().current).toMatchObject({ restored: true, task: { assignment: again.assignment }, history: { present: { draft: { name: "dog" } } } });
    expect((await journal.load()).drafts.map(({ assignment }) => assignment)).toEqual([again.assignment]);
  });

  describe("where a picture could not be loaded", () => {
    const settle = async (): Promise<void> => {
      for (let turn = 0; turn < 30; turn++) await Promise.resolve();
    };
    it("takes no answer, by whatever way, until it is there", async () => {
      const { server, got } = serve();
      let broken = true;
      const engine = await open(server, { prepare: () => (broken ? Promise.reject(new Error("broken")) : Promise.resolve()) });
      await settle();
      expect(engine.get().sight).toBe("failed");
      choose(engine, "cat");
      engine.submit();
      await settle();
      expect(got).toEqual([]);
      expect(engine.get().says).toContain("An item that could not be shown takes no answer.");
      broken = false;
      await engine.refresh();
      await settle();
      expect(engine.get().sight).toBe("shown");
      engine.submit();
      await settle();
      expect(got).toHaveLength(1);
    });
    it("is passed on with that reason", async () => {
      const { server, got } = serve();
      const engine = await open(server, { prepare: ({ assignment }) => (assignment === 1 ? Promise.reject(new Error("broken")) : Promise.resolve()) });
      await settle();
      engine.skipUnseen();
      await settle();
      expect(got.map(({ send }) => send)).toMatchObject([{ kind: "skip", body: { assignment: 1, reason: "The picture could not be loaded" } }]);
      expect(engine.get()).toMatchObject({ sight: "shown", current: { task: { assignment: 2 } } });
    });
    it("waits for a picture that is on its way", async () => {
      const { server, got } = serve();
      let arrive = (): void => undefined;
      const arriving = new Promise<void>((done) => (arrive = done));
      const engine = await open(server, { prepare: () => arriving });
      choose(engine, "cat");
      engine.submit();
      expect(engine.get()).toMatchObject({ sight: "waits", says: "The picture is still on its way." });
      arrive();
      await settle();
      expect(engine.get()).toMatchObject({ sight: "shown", says: "" });
      engine.submit();
      await settle();
      expect(got).toHaveLength(1);
    });
  });
});
