/** Hands each key press to whoever wants it: editors before the bench, labels before actions. */
import { chordOf } from "./chords";
import { actionsOf, labelAt, labelKeys, PRESETS, type Action, type Preset } from "./presets";

export interface Arrow {
  dx: -1 | 0 | 1;
  dy: -1 | 0 | 1;
  shift: boolean;
  alt: boolean;
  ctrl: boolean;
}
/** A handler that returns false lets the key through to the next. */
export interface Handlers {
  on?: Partial<Record<Action, () => unknown>>;
  label?: (place: number) => unknown;
  arrow?: (arrow: Arrow) => unknown;
}

const ARROWS: Record<string, [dx: -1 | 0 | 1, dy: -1 | 0 | 1]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export class KeyRouter {
  preset: Preset = PRESETS.assay;
  labels = 0;
  #layers: { priority: number; get: () => Handlers }[] = [];

  add(priority: number, get: () => Handlers): () => void {
    const layer = { priority, get };
    this.#layers = [...this.#layers, layer].sort((a, b) => b.priority - a.priority);
    return () => (this.#layers = this.#layers.filter((one) => one !== layer));
  }

  get labelKeys(): string[] {
    return labelKeys(this.labels, this.preset);
  }

  /** The keys of an action that no label has taken. */
  capsOf(action: Action): string[] {
    const taken = new Set(this.labelKeys);
    return this.preset.keys[action].filter((chord) => !taken.has(chord));
  }

  press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    const chord = chordOf(event);
    if (belongsToFocus(event, chord)) return;
    if (this.#handled(event, chord)) event.preventDefault();
  };

  #handled(event: KeyboardEvent, chord: string): boolean {
    const arrow = ARROWS[event.key];
    const place = labelAt(chord, this.labelKeys, this.preset);
    const actions = actionsOf(chord, this.preset);
    for (const { get } of this.#layers) {
      const { on, label, arrow: move } = get();
      if (arrow && move) {
        const [dx, dy] = arrow;
        const said = move({ dx, dy, shift: event.shiftKey, alt: event.altKey, ctrl: event.ctrlKey || event.metaKey });
        if (said !== false) return true;
      }
      if (place >= 0 && label && label(place) !== false) return true;
      for (const action of actions) {
        const act = on?.[action];
        if (act && act() !== false) return true;
      }
    }
    return false;
  }
}

function belongsToFocus({ target, key, ctrlKey, metaKey }: KeyboardEvent, chord: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select") || target.isContentEditable) {
    return !(chord === "Ctrl+Enter" || key === "Escape");
  }
  if (ctrlKey || metaKey) return false;
  // Tab cycles objects only from the item itself, so that every button can be reached.
  if (key === "Tab") return !(target === document.body || target.closest("[data-surface]"));
  if (key === "Enter") return target.matches("button:not([data-plain-enter]), a, summary");
  return key === " " && target.matches("button, a, summary");
}
