import { describe, expect, it } from "vitest";

import { cap, chordOf } from "./chords";
import { ACTIONS, actionsFor, actionsOf, labelAt, labelKeys, PRESETS, type Action } from "./presets";

const press = (key: string, more: Partial<Parameters<typeof chordOf>[0]> = {}): string =>
  chordOf({ key, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

describe("chords", () => {
  it("are the same on every layout", () => {
    expect(press("s")).toBe("s");
    expect(press("ы", { code: "KeyS" })).toBe("s");
    expect(press("я", { code: "KeyZ", ctrlKey: true })).toBe("Ctrl+z");
    expect(press("Z", { code: "KeyZ", metaKey: true, shiftKey: true })).toBe("Ctrl+Shift+z");
    expect(press("?", { shiftKey: true })).toBe("?");
    expect(press("+", { shiftKey: true })).toBe("+");
    expect(press("Tab", { shiftKey: true })).toBe("Shift+Tab");
    expect(press("˙", { code: "KeyH", altKey: true })).toBe("Alt+h");
    expect(press(" ", { ctrlKey: true })).toBe("Ctrl+Space");
  });
  it("read like key caps", () => {
    expect(cap("Ctrl+Shift+z")).toBe("Ctrl ⇧ Z");
    expect(cap("+")).toBe("+");
    expect(cap("Enter")).toBe("↵");
  });
});

describe("presets", () => {
  it("give every action a key, and no key two actions", () => {
    for (const preset of Object.values(PRESETS)) {
      const chords = (Object.keys(ACTIONS) as Action[]).flatMap((action) => {
        expect(preset.keys[action].length).toBeGreaterThan(0);
        return [...preset.keys[action]];
      });
      expect(new Set(chords).size).toBe(chords.length);
    }
  });
  it("leave the actions' letters out of the labels' keys", () => {
    for (const preset of Object.values(PRESETS)) {
      const keys = labelKeys(40, preset).filter(Boolean);
      expect(keys.slice(0, 10)).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"]);
      expect(new Set(keys).size).toBe(keys.length);
      for (const key of keys.slice(10)) expect(actionsOf(key, preset)).toEqual([]);
    }
  });
  it("are listed only where they mean something", () => {
    const choice = actionsFor({ produces: "choice", picture: false, review: false, several: false });
    expect(choice).toContain("submit");
    for (const action of ["draw", "zoomIn", "delete", "mend"] as const) expect(choice).not.toContain(action);
    expect(actionsFor({ produces: "points", picture: true, review: true, several: true })).toEqual(Object.keys(ACTIONS));
  });
  it("choose labels with Ctrl and a digit where CVAT's fingers expect it", () => {
    const keys = labelKeys(3, PRESETS.cvat);
    expect(labelAt("Ctrl+2", keys, PRESETS.cvat)).toBe(1);
    expect(labelAt("2", keys, PRESETS.cvat)).toBe(1);
    expect(labelAt("Ctrl+2", labelKeys(3, PRESETS.assay), PRESETS.assay)).toBe(-1);
  });
});
