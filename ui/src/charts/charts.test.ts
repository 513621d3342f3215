import { describe, expect, it } from "vitest";

import { optionsOf } from "./options";
import { heightOf, readSpec } from "./spec";

const LOOK = { font: "sans-serif", text: "#000", soft: "#555", line: "#ccc", surface: "#fff" };

describe("a chart's spec", () => {
  it("is read from JSON, and what is none is nothing", () => {
    expect(readSpec('{"names":["a"],"series":[{"name":"n","values":[1]}]}')?.kind).toBe("bars");
    expect(readSpec("{}")).toBeNull();
    expect(readSpec("no json")).toBeNull();
  });

  it("is as tall as its rows need", () => {
    const spec = readSpec('{"kind":"rows","names":["a","b","c","d","e","f"],"series":[]}');
    expect(spec && heightOf(spec)).toBe(172);
  });

  it("leaves out series that are zero everywhere", () => {
    const spec = readSpec('{"kind":"bars","names":["a"],"series":[{"name":"x","values":[0]},{"name":"y","values":[2]}]}');
    if (!spec) throw new Error("the spec is one");
    const { series } = optionsOf(spec, LOOK, true) as { series: { name: string }[] };
    expect(series.map(({ name }) => name)).toEqual(["y"]);
  });
});
