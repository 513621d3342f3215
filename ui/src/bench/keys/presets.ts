/** Which key does what: our own map, and two that other tools have taught. */
import type { Produces } from "../../labels/values";

export const ACTIONS = {
  submit: "Submit",
  skip: "Skip this item",
  undo: "Undo",
  redo: "Redo",
  delete: "Delete the selected object",
  deleteAll: "Delete all objects",
  escape: "Deselect, or close",
  next: "Next object",
  previous: "Previous object",
  nextQuestion: "Next question",
  previousQuestion: "Previous question",
  draw: "Draw a box with the keyboard",
  duplicate: "Duplicate the selected object",
  visible: "Point visible or hidden",
  accept: "Accept all suggestions",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  fit: "Fit the picture",
  hide: "Hide labels",
  filter: "Search the labels",
  instructions: "Instructions",
  settings: "Settings",
  help: "All keys",
  proposal: "Review: accept the proposal",
  mend: "Review: mend what is picked",
  reason: "Review: write a reason",
  comment: "Review: comment on a region",
} as const;
export type Action = keyof typeof ACTIONS;

const REVIEW: readonly Action[] = ["proposal", "mend", "reason", "comment"];
const OBJECTS: readonly Action[] = ["delete", "deleteAll", "next", "previous", "accept", "hide"];
const PICTURES: readonly Action[] = ["zoomIn", "zoomOut", "fit"];
const SHAPES: readonly Action[] = ["draw", "duplicate"];
const QUESTIONS: readonly Action[] = ["nextQuestion", "previousQuestion"];

/** The actions that mean something for one kind of question. */
export function actionsFor({ produces, picture, review, several }: { produces: Produces; picture: boolean; review: boolean; several: boolean }): Action[] {
  const shapes = produces === "boxes" || produces === "points";
  const without = new Set<Action>([
    ...(review ? [] : REVIEW),
    ...(shapes || produces === "spans" ? [] : OBJECTS),
    ...(shapes || picture ? [] : PICTURES),
    ...(shapes ? [] : SHAPES),
    ...(several ? [] : QUESTIONS),
    ...(produces === "points" ? [] : (["visible"] as const)),
    ...(produces === "preference" ? (["filter"] as const) : []),
  ]);
  if (produces === "choices") (["accept", "deleteAll"] as const).forEach((action) => without.delete(action));
  return (Object.keys(ACTIONS) as Action[]).filter((action) => !without.has(action));
}

export interface Preset {
  name: string;
  keys: Record<Action, readonly string[]>;
  /** Chords that choose a label, besides its own key. */
  alsoLabels: string;
}

const ASSAY: Record<Action, readonly string[]> = {
  submit: ["Enter", "Ctrl+Enter"],
  skip: ["s"],
  undo: ["Ctrl+z"],
  redo: ["Ctrl+Shift+z", "Ctrl+y"],
  delete: ["Delete", "Backspace"],
  deleteAll: ["Ctrl+Backspace"],
  escape: ["Escape"],
  next: ["Tab"],
  previous: ["Shift+Tab"],
  nextQuestion: ["]", "PageDown"],
  previousQuestion: ["[", "PageUp"],
  draw: ["n"],
  duplicate: ["Ctrl+d"],
  visible: ["v"],
  accept: ["y"],
  zoomIn: ["+", "="],
  zoomOut: ["-"],
  fit: ["0", "Home"],
  hide: ["h"],
  filter: ["/"],
  instructions: ["i"],
  settings: [","],
  help: ["?"],
  proposal: ["a"],
  mend: ["m"],
  reason: ["r"],
  comment: ["c"],
};

export const PRESETS = {
  assay: { name: "Assay", keys: ASSAY, alsoLabels: "" },
  label_studio: {
    name: "Label Studio",
    keys: {
      ...ASSAY,
      submit: ["Ctrl+Enter"],
      skip: ["Ctrl+Space"],
      delete: ["Backspace", "Delete"],
      escape: ["Escape", "u"],
      next: ["Alt+.", "Tab"],
      hide: ["Alt+h"],
    },
    alsoLabels: "",
  },
  cvat: {
    name: "CVAT",
    keys: { ...ASSAY, submit: ["f", "Ctrl+s", "Enter"], delete: ["Delete", "Shift+Delete"] },
    alsoLabels: "Ctrl+",
  },
} satisfies Record<string, Preset>;
export type PresetName = keyof typeof PRESETS;

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];
const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

/** The keys of labels, in their order: digits, then letters that mean nothing else; "" where they run out. */
export function labelKeys(count: number, preset: Preset): string[] {
  const taken = new Set(Object.values(preset.keys).flat());
  const free = [...DIGITS, ...LETTERS.filter((letter) => !taken.has(letter))];
  return Array.from({ length: count }, (_, place) => free[place] ?? "");
}

/** The label that a chord chooses, or -1. */
export function labelAt(chord: string, keys: readonly string[], preset: Preset): number {
  const plain = preset.alsoLabels && chord.startsWith(preset.alsoLabels) ? chord.slice(preset.alsoLabels.length) : chord;
  return plain === "" ? -1 : keys.indexOf(plain);
}

export function actionsOf(chord: string, preset: Preset): Action[] {
  return (Object.keys(preset.keys) as Action[]).filter((action) => preset.keys[action].includes(chord));
}
