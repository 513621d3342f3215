import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Outcome } from "../api/client";
import type { Held } from "../api/types";
import { Holds } from "./holds";

const SECONDS = 8;
const offline: Outcome<never> = { kind: "again", after: null, offline: true, detail: "The server cannot be reached." };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a hold", () => {
  const holding = (answer: (assignment: number) => Outcome<Held> = (assignment) => ({ kind: "done", reply: { assignment, until: null, left: SECONDS } })) => {
    const sent: [number, number][] = [];
    const begun = Date.now();
    let ready = true;
    const holds = new Holds(
      Date.now,
      (assignment) => {
        sent.push([assignment, (Date.now() - begun) / 1000]);
        return Promise.resolve(answer(assignment));
      },
      { ready: () => ready, renewed: () => undefined },
    );
    return { holds, sent, way: (open: boolean) => (ready = open) };
  };
  const pass = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000);

  it("is renewed at half of its time if somebody did something since it began", async () => {
    const { holds, sent } = holding();
    holds.told({ assignment: 1, left: SECONDS });
    holds.told({ assignment: 2, left: SECONDS });
    await pass(1);
    holds.touch();
    await pass(2.9);
    expect(sent).toEqual([]);
    await pass(0.2);
    expect(sent).toEqual([[1, 4], [2, 4]]);
    expect(holds.isOver(1)).toBe(false);
  });
  it("is let go where nobody does anything, and renewed when somebody comes back", async () => {
    const { holds, sent } = holding();
    holds.told({ assignment: 1, left: SECONDS });
    await pass(1);
    holds.touch();
    await pass(100);
    expect(sent).toEqual([[1, 4]]);
    expect(holds.isOver(1)).toBe(true);
    holds.touch();
    await pass(0);
    expect(sent).toEqual([[1, 4], [1, 101]]);
    expect(holds.isOver(1)).toBe(false);
  });
  it("is renewed no more often while somebody works on and on", async () => {
    const { holds, sent } = holding();
    holds.told({ assignment: 1, left: SECONDS });
    for (let turn = 0; turn < 400; turn++) {
      holds.touch();
      await pass(0.1);
    }
    expect(sent).toHaveLength(10);
  });
  it("asked about again has no new beginning", async () => {
    const { holds, sent } = holding();
    holds.told({ assignment: 1, left: SECONDS });
    await pass(1);
    holds.touch();
    await pass(2);
    holds.told({ assignment: 1, left: SECONDS - 3 });
    await pass(1);
    expect(sent).toEqual([[1, 4]]);
  });
  it("is tried again after a failure, quietly and not at once", async () => {
    let fails = 2;
    const { holds, sent } = holding((assignment) => (fails-- > 0 ? offline : { kind: "done", reply: { assignment, until: null, left: SECONDS } }));
    holds.told({ assignment: 1, left: SECONDS });
    await pass(1);
    holds.touch();
    await pass(5.5);
    expect(sent).toEqual([[1, 4], [1, 5], [1, 6]]);
    expect(holds.isOver(1)).toBe(false);
  });
  it("is not asked for while there is no way to the server, and at once when there is", async () => {
    const { holds, sent, way } = holding();
    way(false);
    holds.told({ assignment: 1, left: SECONDS });
    await pass(1);
    holds.touch();
    await pass(5);
    expect(sent).toEqual([]);
    way(true);
    holds.wake();
    await pass(0);
    expect(sent).toHaveLength(1);
  });
  it("that the server refused to renew is not asked for again", async () => {
    const { holds, sent } = holding(() => ({ kind: "gone", detail: "It was held as long as an item can be.", name: "not-renewed" }));
    holds.told({ assignment: 1, left: SECONDS });
    for (let turn = 0; turn < 40; turn++) {
      await pass(1);
      holds.touch();
    }
    expect(sent).toHaveLength(1);
  });
  it("of an unknown length is never over", () => {
    const { holds } = holding();
    holds.told({ assignment: 1 });
    expect(holds.isOver(1)).toBe(false);
  });
});
