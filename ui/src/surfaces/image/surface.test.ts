import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { BoxObject } from "../../labels/kinds/boxes";
import { fit, panned, toImage, toScreen, zoomed } from "../../labels/viewport";
import { cursorAt, drag, press, release, type Ground } from "./gesture";

const image = { width: 800, height: 600 };
const box = (id: number, left: number, top: number, width: number, height: number): BoxObject => ({ id, label: "x", left, top, width, height, suggested: false });
const outer = box(1, 100, 100, 400, 300);
const inner = box(2, 200, 200, 50, 40);
const ground = (more: Partial<Ground<BoxObject>> = {}): Ground<BoxObject> => ({ shapes: [outer, inner], selected: null, image, scale: 1, force: false, touch: false, ...more });

describe("a gesture", () => {
  it("draws where it starts on nothing held, also inside another box", () => {
    const on = ground();
    const drawn = release(drag(press({ x: 300, y: 300 }, on), { x: 340, y: 350 }, on), on);
    expect(drawn).toEqual({ kind: "drawn", rect: { left: 300, top: 300, width: 40, height: 50 } });
  });
  it("without a drag selects the smallest box around it", () => {
    const on = ground();
    expect(release(press({ x: 225, y: 220 }, on), on)).toMatchObject({ kind: "clicked", over: inner });
    expect(release(press({ x: 20, y: 20 }, on), on)).toMatchObject({ kind: "clicked", over: null });
  });
  it("moves the selected box, and any box by its border", () => {
    const on = ground({ selected: outer });
    expect(release(drag(press({ x: 300, y: 300 }, on), { x: 310, y: 295 }, on), on)).toMatchObject({ kind: "changed", shape: { left: 110, top: 95 } });
    const free = ground();
    expect(press({ x: 100, y: 250 }, free)).toMatchObject({ kind: "move", start: outer });
  });
  it("resizes by a handle of the selected box", () => {
    const on = ground({ selected: outer });
    expect(release(drag(press({ x: 501, y: 399 }, on), { x: 521, y: 409 }, on), on)).toMatchObject({ shape: { width: 420, height: 310 } });
  });
  it("draws with force even on the selected box", () => {
    expect(press({ x: 300, y: 300 }, ground({ selected: outer, force: true })).kind).toBe("draw");
  });
  it("is foretold by the cursor", () => {
    const on = ground({ selected: outer });
    expect([{ x: 100, y: 100 }, { x: 300, y: 100 }, { x: 500, y: 100 }, { x: 300, y: 200 }, { x: 20, y: 20 }].map((place) => cursorAt(place, on))).toEqual(["nwse-resize", "ns-resize", "nesw-resize", "move", "crosshair"]);
  });
  it("never leaves the image", () => {
    const far = fc.integer({ min: -2000, max: 2000 });
    fc.assert(
      fc.property(far, far, far, far, fc.constantFrom(null, outer, inner), (x, y, x2, y2, selected) => {
        const on = ground({ selected });
        const result = release(drag(press({ x, y }, on), { x: x2, y: y2 }, on), on);
        const rect = result.kind === "drawn" ? result.rect : result.kind === "changed" ? result.shape : null;
        if (!rect) return;
        expect(Math.min(rect.left, rect.top)).toBeGreaterThanOrEqual(0);
        expect(rect.left + rect.width).toBeLessThanOrEqual(image.width);
        expect(rect.top + rect.height).toBeLessThanOrEqual(image.height);
      }),
    );
  });
});

describe("a viewport", () => {
  const room = { width: 500, height: 400 };
  it("keeps the place under the pointer while it zooms", () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 400 }), fc.integer({ min: 100, max: 300 }), fc.double({ min: 1, max: 4, noNaN: true }), (x, y, factor) => {
        const view = fit(image, room);
        const after = zoomed(view, { x, y }, factor, image, room);
        const [a, b] = [toImage(view, { x, y }), toImage(after, { x, y })];
        expect(b.x).toBeCloseTo(a.x);
        expect(b.y).toBeCloseTo(a.y);
      }),
    );
  });
  it("never loses the picture", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: -3000, max: 3000 }), fc.integer({ min: -3000, max: 3000 }), fc.double({ min: 0.2, max: 5, noNaN: true }))), (moves) => {
        let view = fit(image, room);
        for (const [dx, dy, factor] of moves) view = panned(zoomed(view, { x: 10, y: 10 }, factor, image, room), dx, dy, image, room);
        const [first, last] = [toScreen(view, { x: 0, y: 0 }), toScreen(view, { x: image.width, y: image.height })];
        expect(first.x).toBeLessThan(room.width);
        expect(last.x).toBeGreaterThan(0);
        expect(first.y).toBeLessThan(room.height);
        expect(last.y).toBeGreaterThan(0);
      }),
    );
  });
});
