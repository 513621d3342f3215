/** A conflict's panel: both sides, field by field, until somebody has chosen. */
import { showLocalTimes } from "../../site/local-time";
import { agreeOn, namesOf } from "./form";
import type { Model } from "./machine";

/** Shows the panel as the server made it; what was chosen in it already stays chosen. */
export function showConflict(place: HTMLElement, model: Model): void {
  const conflict = model.trouble?.kind === "conflict" ? model.trouble : null;
  if (conflict === null) {
    if (place.childElementCount > 0) place.replaceChildren();
    return;
  }
  const first = place.childElementCount === 0;
  const before = choices(place);
  const template = document.createElement("template");
  template.innerHTML = conflict.panel;
  place.replaceChildren(template.content);
  for (const radio of radios(place)) {
    const key = keyOf(radio);
    // Who did not touch a field has no wish about it: what is stored is then the newer.
    const side = before.get(key) ?? (agreeOn(key, conflict.typed, model.base) ? "stored" : "typed");
    radio.checked = radio.value === side;
  }
  showLocalTimes(place);
  if (first) place.scrollIntoView({ block: "nearest" });
}

/** Returns the names of the fields that a pressed button leaves as they are stored. */
export function leftStored(place: HTMLElement, button: HTMLElement): Set<string> {
  const all = button.dataset["choose"];
  const keys = [...choices(place)].filter(([, side]) => (all === "chosen" ? side : all) === "stored").map(([key]) => key);
  return new Set(keys.flatMap(namesOf));
}

function radios(place: HTMLElement): HTMLInputElement[] {
  return [...place.querySelectorAll<HTMLInputElement>("input[type=radio]")];
}

function choices(place: HTMLElement): Map<string, string> {
  return new Map(radios(place).filter((one) => one.checked).map((one) => [keyOf(one), one.value]));
}

function keyOf(radio: HTMLInputElement): string {
  return radio.name.replace("choose_", "");
}
