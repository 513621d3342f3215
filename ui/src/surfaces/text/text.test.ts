import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { paragraphs, pieces } from "../../labels/segments";
import { byCharacter, byTap, byWord, stretch, type Caret } from "./caret";
import { breaks, runsLeft, snappedToCharacters, snappedToWords, words } from "./words";

describe("words", () => {
  it("are found where no spaces are, and keep characters whole", () => {
    const thai = "ผมกินข้าว";
    expect(words(thai).map(({ start, end }) => thai.slice(start, end))).toEqual(["ผม", "กิน", "ข้าว"]);
    const family = "👩‍👩‍👧 ok";
    expect(words(family)[0]).toEqual({ start: 0, end: 8 });
    expect(breaks("e\u0301a")).toEqual([0, 2, 3]);
  });
  it("hold a selection, and Shift's selection never splits a character", () => {
    const text = "Ada Lovelace, née Byron";
    const snapped = snappedToWords(words(text), { start: 1, end: 6 });
    expect(text.slice(snapped?.start, snapped?.end)).toBe("Ada Lovelace");
    expect(snappedToWords(words(text), { start: 3, end: 4 })).toBeNull();
    expect(snappedToCharacters("a👍b ", breaks("a👍b "), { start: 2, end: 5 })).toEqual({ start: 1, end: 4 });
    expect(snappedToCharacters("  ", [0, 1, 2], { start: 0, end: 2 })).toBeNull();
  });
  it("run to the left in Hebrew and Arabic", () => {
    expect([runsLeft("שלום world"), runsLeft("12 مرحبا"), runsLeft("Hello שלום"), runsLeft("42")]).toEqual([true, true, false, false]);
  });
});

describe("the caret", () => {
  const text = "one two three";
  const all = words(text);
  const said = (caret: Caret | null): string => (caret ? text.slice(stretch(caret).start, stretch(caret).end) : "");
  it("goes by words and extends by words, back and forth", () => {
    let caret = byWord(all, null, 1, false);
    expect(said(caret)).toBe("one");
    caret = byWord(all, caret, 1, false);
    expect(said(caret)).toBe("two");
    caret = byWord(all, caret, 1, true);
    expect(said(caret)).toBe("two three");
    caret = byWord(all, caret, -1, true);
    expect(said(caret)).toBe("two");
    expect(said(byWord(all, caret, -1, false))).toBe("one");
  });
  it("goes by characters", () => {
    const stops = breaks(text);
    let caret = byCharacter(stops, null, 1, false);
    expect(said(caret)).toBe("o");
    caret = byCharacter(stops, caret, 1, true);
    expect(said(caret)).toBe("on");
    expect(said(byCharacter(stops, caret, 1, false))).toBe("e");
  });
  it("is set and stretched by taps", () => {
    const one = byTap(all, null, 1);
    expect(said(one)).toBe("one");
    const more = byTap(all, one, 9);
    expect(said(more)).toBe("one two three");
    expect(byTap(all, more, 5)).toBeNull();
    expect(byTap(all, null, 3)).toBeNull();
  });
  it("never leaves the text", () => {
    const moves = fc.array(fc.tuple(fc.constantFrom(1 as const, -1 as const), fc.boolean(), fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(moves, (steps) => {
        let caret: Caret | null = null;
        for (const [step, extend, character] of steps) caret = character ? byCharacter(breaks(text), caret, step, extend) : byWord(all, caret, step, extend);
        if (!caret) return;
        expect(stretch(caret).start).toBeGreaterThanOrEqual(0);
        expect(stretch(caret).end).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

describe("pieces", () => {
  it("make up the text again, and hold exactly the spans over them", () => {
    const spans = fc.array(fc.tuple(fc.nat(40), fc.nat(40)).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) + 1 })), { maxLength: 8 });
    const texts = fc.string({ minLength: 41, maxLength: 60 });
    fc.assert(
      fc.property(texts, spans, (text, marks) => {
        const lines = paragraphs(text);
        for (const line of lines) {
          const made = pieces(line, marks);
          expect(made.map(({ start, end }) => text.slice(start, end)).join("")).toBe(text.slice(line.start, line.end));
          for (const piece of made) {
            const over = marks.filter(({ start, end }) => start < piece.end && end > piece.start);
            expect(new Set(piece.spans)).toEqual(new Set(over));
          }
        }
      }),
    );
  });
  it("are cut at line breaks of every kind", () => {
    expect(paragraphs("a\r\nb\nc").map(({ start, end }) => [start, end])).toEqual([[0, 1], [3, 4], [5, 6]]);
  });
});
