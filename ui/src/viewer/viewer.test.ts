import { describe, expect, it } from "vitest";

import { inWords, readLabel } from "../labels/values";
import { drawn } from "./objects";

const box = (label: string, left: number): { label: string; left: number; top: number; width: number; height: number } => ({ label, left, top: 0, width: 50, height: 50 });

describe("a comparison", () => {
  it("says of each object whether it is in both, only here, or missing here", () => {
    const { boxes } = drawn({ boxes: [box("cat", 0), box("dog", 200)] }, { boxes: [box("cat", 4), box("cat", 400)] }, 800);
    expect(boxes.map(({ label, standing, left }) => [label, standing, left])).toEqual([["cat", "same", 0], ["dog", "mine", 200], ["cat", "theirs", 400]]);
  });
  it("compares nothing where there is nothing to compare with", () => {
    expect(drawn({ spans: [{ label: "x", start: 0, end: 3 }] }, null, 1).spans[0]?.standing).toBe("plain");
    expect(drawn(["a", "b"], ["b", "c"], 1).names.map(({ name, standing }) => `${name} ${standing}`)).toEqual(["b same", "a mine", "c theirs"]);
    expect(drawn("a", "b", 1).names).toEqual([{ name: "a", standing: "mine" }]);
  });
});

describe("a label in an attribute", () => {
  it("is JSON, or a bare choice", () => {
    expect(readLabel('{"boxes":[]}')).toEqual({ boxes: [] });
    expect(readLabel("right")).toBe("right");
    expect(readLabel("7")).toBe("7");
    expect(readLabel("")).toBeNull();
  });
  it("reads as a sentence", () => {
    expect(inWords({ boxes: [box("cat", 0), box("cat", 9), box("dog", 1)] })).toBe("3 boxes: 2 × cat, dog");
    expect(inWords([])).toBe("none of the labels");
    expect(inWords({ winner: "tie" })).toBe("neither is better");
  });
});
