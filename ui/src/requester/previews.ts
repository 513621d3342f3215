/** An uploaded picture that this browser does not show, or that is damaged, leaves a plain place with its name below. */
import { element, icon } from "../site/dom";

export function followPreviews(): void {
  // Errors of pictures do not bubble.
  document.addEventListener("error", (event) => standIn(event.target), true);
}

export function standIn(target: EventTarget | null): void {
  if (!(target instanceof HTMLImageElement) || !target.closest(".as-thumb")) return;
  const made = element("span", { class: "as-no-preview" });
  made.append(icon("photo"), " no preview");
  target.replaceWith(made);
}
