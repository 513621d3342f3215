/** Tables that can be scrolled are reached by keyboard, and say what they are. */
export function letTablesScroll(root: ParentNode): void {
  for (const box of root.querySelectorAll<HTMLElement>(".table-responsive")) {
    if (box.scrollWidth <= box.clientWidth + 1 && box.scrollHeight <= box.clientHeight + 1) {
      box.removeAttribute("tabindex");
      continue;
    }
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    const title = box.closest(".card")?.querySelector(".card-title")?.textContent ?? document.querySelector("h1")?.textContent;
    box.setAttribute("aria-label", `Table: ${(title ?? "").trim()}`);
  }
}

/** Look again when the window changes its width. */
export function followWidth(): void {
  window.addEventListener("resize", () => {
    letTablesScroll(document);
  });
}
