import { describe, expect, it } from "vitest";

import type { Item } from "../api/types";
import { earlierLabel } from "../tasktypes/label_verification/earlier";
import { pairOf } from "./pair";

const item = (extra: Record<string, unknown>, text: string | null = null): Item => ({ key: "k", text, media: null, extra });

describe("a pair", () => {
  it("is found by the names of its columns, in any order", () => {
    expect(pairOf(item({ response_b: "no", prompt: "Why?", response_a: "yes", source: "web" }))).toEqual({ prompt: "Why?", first: "yes", second: "no", others: [["source", "web"]] });
    expect(pairOf(item({ answer_1: "x", answer_2: "y" }, "Q"))).toMatchObject({ prompt: "Q", first: "x", second: "y" });
  });
  it("is else the first two columns", () => {
    expect(pairOf(item({ ours: "x", theirs: 7 }, "Q"))).toMatchObject({ first: "x", second: "7", others: [] });
  });
});

describe("an earlier label", () => {
  const answers = ["right", "needs work"];
  it("is the suggestion, unless that is one of the answers", () => {
    expect(earlierLabel(item({}), "cat", answers)).toEqual({ label: "cat", column: "" });
    expect(earlierLabel(item({ label: "dog" }), "right", answers)).toEqual({ label: "dog", column: "label" });
  });
  it("is the column that can be drawn, else the one with a telling name", () => {
    expect(earlierLabel(item({ label: "x", found: '{"boxes": []}' }), null, answers)?.column).toBe("found");
    expect(earlierLabel(item({ camera: "4", "label-old": "dog" }), null, answers)?.column).toBe("label-old");
    expect(earlierLabel(item({ camera: "4" }), null, answers)).toBeNull();
  });
});
