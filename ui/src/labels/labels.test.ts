import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { offsets } from "./codepoints";
import { channels, contrast, inkOn, linear, PALETTE } from "./colors";
import { differences } from "./compare";
import type { LabelAttribute, LabelName, Question } from "../api/types";
import { incomplete, inShort, relabelled, withAttribute } from "./attributes";
import { toDraft, toLabel } from "./draft";
import { cut, handleAt, HANDLES, handlePlace, iou, moved, resized, snapped, type Rect } from "./geometry";
import { begin, change, redo, undo, type History } from "./history";
import type { About } from "./kinds/kind";
import { again } from "./objects";
import { asked } from "./questions";
import { inWords, readLabel, type LabelJSON } from "./values";

const about = (text: string, some: Partial<About> = {}): About => ({ text, labels: [], questions: [], ...some });

const TEXTS = ["plain", "a👍🏽b", "👩‍👩‍👧 family", "ภาษาไทย กำลัง", "e\u0301cole n\u0303", "שלום 🌍 עולם", "𝒜𝓈𝓈𝒶𝓎", ""];

describe("offsets", () => {
  it("agree with counting characters one by one", () => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: "binary" })), (text) => {
        const { toCodePoint, toUnit, length } = offsets(text);
        const characters = [...text];
        expect(length).toBe(characters.length);
        let unit = 0;
        characters.forEach((character, point) => {
          expect(toCodePoint(unit)).toBe(point);
          expect(toUnit(point)).toBe(unit);
          unit += character.length;
        });
        expect(toCodePoint(text.length)).toBe(characters.length);
        expect(toUnit(characters.length)).toBe(text.length);
      }),
    );
  });
  it("read the middle of a pair as its start", () => {
    expect(offsets("a👍b").toCodePoint(2)).toBe(1);
  });
});

describe("a draft", () => {
  it("says the spans that it was made of, in code points", () => {
    fc.assert(
      fc.property(fc.constantFrom(...TEXTS.filter(Boolean)), fc.nat(), fc.nat(), (text, a, b) => {
        const length = [...text].length;
        const start = a % length;
        const end = start + 1 + (b % (length - start));
        const label: LabelJSON = { spans: [{ label: "x", start, end }] };
        const draft = toDraft(label, "spans", about(text), true);
        expect(toLabel(draft, about(text))).toEqual(label);
        if (draft.kind === "spans") {
          const [span] = draft.objects;
          expect(text.slice(span?.start, span?.end)).toBe([...text].slice(start, end).join(""));
        }
      }),
    );
  });
  it("does not take a suggested choice for an answer", () => {
    expect(toLabel(toDraft("cat", "choice", about(""), true), about(""))).toBeNull();
    expect(toLabel(toDraft("cat", "choice", about(""), false), about(""))).toBe("cat");
  });
  it("keeps a value of another kind out", () => {
    expect(toDraft("cat", "boxes", about(""), true)).toEqual({ kind: "boxes", objects: [] });
  });
});

describe("several questions", () => {
  const labels = (...names: string[]): LabelName[] => names.map((name) => ({ name, help: "" }));
  const questions: Question[] = [
    { name: "about", ask: "What is it about?", task: "classification", produces: "choice", labels: labels("parcel", "invoice"), when: null, required: true },
    { name: "state", ask: "In which state?", task: "image_classification_multi", produces: "choices", labels: labels("wet", "torn"), when: { question: "about", labels: ["parcel"] }, required: true },
    { name: "holes", ask: "Where?", task: "image_boxes", produces: "boxes", labels: labels("hole"), when: { question: "state", labels: [] }, required: false },
  ];
  const box = { label: "hole", left: 1, top: 2, width: 3, height: 4 };
  const whole: LabelJSON = { answers: { about: "parcel", state: ["torn"], holes: { boxes: [box] } } };
  const several = about("", { questions });

  it("are asked where an earlier answer calls for them", () => {
    const names = (said: Parameters<typeof asked>[1]): string[] => asked(questions, said).map(({ name }) => name);
    expect(names({})).toEqual(["about"]);
    expect(names({ about: "invoice", state: ["torn"] })).toEqual(["about"]);
    expect(names({ about: "parcel", state: [] })).toEqual(["about", "state"]);
    expect(names({ about: "parcel", state: ["wet"] })).toEqual(["about", "state", "holes"]);
  });
  it("come back from a draft, without what is not asked any more or may be left out", () => {
    const draft = toDraft(whole, "answers", several, false);
    expect(toLabel(draft, several)).toEqual(whole);
    if (draft.kind !== "answers") throw new Error("another kind");
    const parts = { ...draft.parts, about: { kind: "choice" as const, name: "invoice" } };
    expect(toLabel({ ...draft, parts }, several)).toEqual({ answers: { about: "invoice" } });
    const bare = { ...draft.parts, holes: { kind: "boxes" as const, objects: [] } };
    expect(toLabel({ ...draft, parts: bare }, several)).toEqual({ answers: { about: "parcel", state: ["torn"] } });
    expect(toLabel(toDraft(null, "answers", several, false), several)).toBeNull();
  });
  it("are one label in words and in comparison", () => {
    expect(readLabel(JSON.stringify(whole))).toEqual(whole);
    expect(inWords(whole)).toBe("about: parcel; state: torn; holes: 1 box: hole");
    expect(differences(whole, structuredClone(whole))).toBe(0);
    expect(differences(whole, { answers: { about: "parcel", state: ["wet", "torn"] } })).toBe(2);
  });
});

const image = { width: 640, height: 480 };
const rects = fc
  .record({ left: fc.integer({ min: 0, max: 600 }), top: fc.integer({ min: 0, max: 440 }), width: fc.integer({ min: 1, max: 640 }), height: fc.integer({ min: 1, max: 480 }) })
  .map((rect) => cut(rect, image) as Rect);
const inside = (rect: Rect): boolean =>
  rect.left >= 0 && rect.top >= 0 && rect.width > 0 && rect.height > 0 && rect.left + rect.width <= image.width + 1e-9 && rect.top + rect.height <= image.height + 1e-9;
const steps = fc.integer({ min: -900, max: 900 });

describe("boxes", () => {
  it("stay inside the image however they are moved or resized", () => {
    fc.assert(
      fc.property(rects, steps, steps, fc.constantFrom(...HANDLES), (rect, dx, dy, handle) => {
        const there = moved(rect, dx, dy, image);
        expect(inside(there)).toBe(true);
        expect([there.width, there.height]).toEqual([rect.width, rect.height]);
        expect(inside(resized(rect, handle, dx, dy, image))).toBe(true);
      }),
    );
  });
  it("are alike with themselves and symmetric", () => {
    fc.assert(
      fc.property(rects, rects, (a, b) => {
        expect(iou(a, a)).toBeCloseTo(1);
        expect(iou(a, b)).toBeCloseTo(iou(b, a));
      }),
    );
  });
  it("are held by the handle that is under the pointer, corners first", () => {
    const rect = { left: 10, top: 10, width: 4, height: 4 };
    for (const handle of HANDLES) expect(handleAt({ ...rect, width: 80, height: 80 }, handlePlace({ ...rect, width: 80, height: 80 }, handle), 6)).toEqual(handle);
    expect(handleAt(rect, { x: 12, y: 12 }, 6)).toMatchObject({ h: -1 });
  });
  it("lie on whole pixels, on tenths at high zoom", () => {
    expect(snapped({ left: 1.26, top: 2.61, width: 3.3, height: 0.2 }, 1)).toEqual({ left: 1, top: 3, width: 4, height: 1 });
    expect(snapped({ x: 1.26, y: 2 }, 8)).toEqual({ x: 1.3, y: 2 });
  });
});

describe("differences", () => {
  it("are none between a value and itself", () => {
    const values: LabelJSON[] = ["a", ["a", "b"], { winner: "tie" }, { spans: [{ label: "x", start: 0, end: 2 }] }, { boxes: [{ label: "x", left: 0, top: 0, width: 5, height: 5 }] }];
    for (const value of values) expect(differences(value, structuredClone(value))).toBe(0);
  });
  it("count what either side has alone", () => {
    expect(differences(["a", "b"], ["b", "c"])).toBe(2);
    expect(differences({ boxes: [{ label: "x", left: 0, top: 0, width: 10, height: 10 }] }, { boxes: [{ label: "x", left: 1, top: 0, width: 10, height: 10 }] })).toBe(0);
    expect(differences({ boxes: [{ label: "x", left: 0, top: 0, width: 10, height: 10 }] }, { boxes: [{ label: "y", left: 0, top: 0, width: 10, height: 10 }] })).toBe(2);
  });
});

describe("history", () => {
  it("goes back to where it began and forth to where it was", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer(), fc.constantFrom("", "nudge", "drag")), { maxLength: 60 }), (moves) => {
        let history: History<number> = begin(-1);
        for (const [value, tag] of moves) history = change(history, value, tag);
        const last = history.present;
        while (history.past.length > 0) history = undo(history);
        expect(history.present).toBe(-1);
        while (history.future.length > 0) history = redo(history);
        expect(history.present).toBe(last);
      }),
    );
  });
  it("takes a run of nudges as one step", () => {
    let history = begin(0);
    for (let step = 1; step < 9; step++) history = change(history, step, "nudge");
    expect(undo(history).present).toBe(0);
  });
});

describe("colours", () => {
  it("can be told apart with red-green blindness", () => {
    // Viénot, Brettel and Mollon 1999, deuteranopia, on linear light.
    const seen = PALETTE.slice(0, 8).map((color) => {
      const [r, g, b] = channels(color).map(linear) as [number, number, number];
      return [0.29275 * r + 0.70725 * g, 0.29275 * r + 0.70725 * g, -0.02234 * r + 0.02234 * g + b].map((v) => Math.cbrt(Math.max(0, v)));
    });
    seen.forEach((a, i) => seen.slice(i + 1).forEach((b) => expect(Math.hypot(...a.map((v, k) => v - (b[k] ?? 0)))).toBeGreaterThan(0.06)));
  });
  it("carry names that can be read", () => {
    for (const color of PALETTE) expect(contrast(color, inkOn(color))).toBeGreaterThanOrEqual(4.5);
  });
});

describe("attributes", () => {
  const labels: LabelName[] = [
    { name: "can", help: "", attributes: [choiceOf("colour", ["red", "blue"], true), { name: "count", kind: "number", options: [], required: false, help: "" }] },
    { name: "jar", help: "", attributes: [choiceOf("colour", ["blue", "clear"], false)] },
    { name: "box", help: "" },
  ];
  const box = { label: "can", left: 1, top: 2, width: 3, height: 4 };

  it("come back from a draft with the object's own id and group, and cost nothing where there are none", () => {
    const label: LabelJSON = { boxes: [box, { ...box, attributes: { colour: "red", count: 2 }, id: "a1", group: "g" }] };
    expect(toLabel(toDraft(label, "boxes", about(""), false), about(""))).toEqual(label);
    const spans: LabelJSON = { spans: [{ label: "can", start: 0, end: 2, attributes: { colour: "red" } }] };
    expect(toLabel(toDraft(spans, "spans", about("👍b"), false), about("👍b"))).toEqual(spans);
    const emptied = toDraft(label, "boxes", about(""), false);
    if (emptied.kind === "boxes") expect(toLabel({ kind: "boxes", objects: emptied.objects.map((one) => ({ ...one, attributes: {} })) }, about(""))).toEqual({ boxes: [box, { ...box, id: "a1", group: "g" }] });
  });
  it("of a copy are the same, and its id is another one", () => {
    const draft = toDraft({ boxes: [{ ...box, attributes: { colour: "red" }, id: "a1" }] }, "boxes", about(""), true);
    const [first] = draft.kind === "boxes" ? draft.objects : [];
    expect(first && again(first, 2)).toEqual({ ...box, attributes: { colour: "red" }, id: 2, suggested: false });
  });
  it("that a label requires are asked for by name", () => {
    expect(incomplete([{ ...box, attributes: { colour: "red" } }, box], labels)).toBe("Object 2, can, does not say its colour yet.");
    expect(incomplete([{ ...box, attributes: { colour: "red" } }, { ...box, label: "box" }], labels)).toBeNull();
  });
  it("stay with an object under another label as far as that label has them", () => {
    expect(relabelled({ ...box, attributes: { colour: "blue", count: 2 } }, "jar", labels)).toEqual({ ...box, label: "jar", attributes: { colour: "blue" } });
    expect(relabelled({ ...box, attributes: { colour: "red" } }, "jar", labels)).toEqual({ ...box, label: "jar" });
  });
  it("that say nothing are no attributes", () => {
    expect(withAttribute({ colour: "red" }, "colour", null)).toEqual({});
    expect(withAttribute(undefined, "parts", [])).toEqual({});
    expect(withAttribute({ colour: "red" }, "hidden", false)).toEqual({ colour: "red", hidden: false });
  });
  it("are said in short and counted where they differ", () => {
    expect(inShort({ colour: "red", count: 2, hidden: true, parts: ["cap", "lid"] })).toBe("red, count 2, hidden, cap + lid");
    const other: LabelJSON = { boxes: [{ ...box, attributes: { colour: "blue" } }] };
    expect(differences({ boxes: [{ ...box, attributes: { colour: "red" } }] }, other)).toBe(1);
    expect(differences(other, structuredClone(other))).toBe(0);
  });
});

function choiceOf(name: string, options: string[], required: boolean): LabelAttribute {
  return { name, kind: "choice", options, required, help: "" };
}
