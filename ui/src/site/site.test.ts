import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ranked } from "./palette";
import { groups, isLitter } from "./upload/groups";

describe("groups of files", () => {
  it("hold every file once, in order, within the limits unless one file alone is larger", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ size: fc.nat(50) })), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 100 }), (files, most, bytes) => {
        const made = groups(files, { most, bytes });
        expect(made.flat()).toEqual(files);
        for (const group of made) {
          expect(group.length).toBeGreaterThan(0);
          expect(group.length).toBeLessThanOrEqual(most);
          if (group.length > 1) expect(group.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(bytes);
        }
      }),
    );
  });
  it("leave litter out", () => {
    expect(["a/.DS_Store", "__MACOSX/x.png", "Thumbs.db", "a/b.png"].map(isLitter)).toEqual([true, true, true, false]);
  });
});

describe("the palette", () => {
  it("finds all words anywhere, and puts what begins with them first", () => {
    const entries = ["Settings of the project", "Project shelves", "People"].map((name) => ({ name, hint: "" }));
    expect(ranked(entries, "pro").map(({ name }) => name)).toEqual(["Project shelves", "Settings of the project"]);
    expect(ranked(entries, "project sett")).toHaveLength(1);
    expect(ranked(entries, "")).toHaveLength(3);
  });
});
