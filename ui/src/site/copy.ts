/** `[data-copy="text"]` or `[data-copy="#element"]` copies text and says so for two seconds. */
import { copyText } from "../api/clipboard";

export function followCopyButtons(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element | null)?.closest<HTMLElement>("[data-copy]");
    if (!button) return;
    event.preventDefault();
    void copyText(wanted(button.dataset["copy"] ?? "")).then((copied) => {
      button.dataset["copied"] = copied ? "Copied" : "Press Ctrl+C";
      setTimeout(() => delete button.dataset["copied"], 2000);
    });
  });
}

function wanted(value: string): string {
  if (!value.startsWith("#")) return value;
  const element = document.getElementById(value.slice(1));
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
    ? element.value
    : (element?.textContent ?? value);
}
