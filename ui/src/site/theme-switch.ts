/** Buttons `[data-theme-choice="light|dark|auto"]` choose the theme; theme.ts applies it. */
export function followThemeButtons(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element | null)?.closest<HTMLElement>("[data-theme-choice]");
    if (!button) return;
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("assay:theme", { detail: button.dataset["themeChoice"] ?? "auto" }));
    show();
  });
  show();
}

function show(): void {
  const chosen = document.documentElement.dataset["themeChosen"] ?? "auto";
  for (const button of document.querySelectorAll<HTMLElement>("[data-theme-choice]")) {
    const pressed = button.dataset["themeChoice"] === chosen;
    button.setAttribute("aria-pressed", String(pressed));
    button.classList.toggle("active", pressed);
  }
}
