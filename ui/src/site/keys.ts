/** Single keys of a page: `data-key="a"` is clicked by `a`; `?` lists them; Ctrl/Cmd+K goes anywhere. */
import { typing } from "./dom";
import { openKeys, openPalette } from "./palette";

export function followKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open], .modal.show")) return;
    if (event.key === "?") {
      event.preventDefault();
      openKeys();
      return;
    }
    // A focused button or link is what Enter and the space bar mean.
    if ((event.key === "Enter" || event.key === " ") && (event.target as Element | null)?.closest("a, button, summary, input")) return;
    const target = [...document.querySelectorAll<HTMLElement>("[data-key]")].find(
      (one) => one.dataset["key"] === event.key && one.checkVisibility(),
    );
    if (!target) return;
    event.preventDefault();
    if (target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select")) target.focus();
    else target.click();
  });
}
