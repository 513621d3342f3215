/**
 * Applies the chosen theme before the first paint. Loaded as a classic script in <head>
 * (`type="text/javascript"`), so it imports nothing; the rest of the site asks it by an event.
 */
(() => {
  const KEY = "assay-theme";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  const chosen = (): string => {
    try {
      return localStorage.getItem(KEY) ?? "auto";
    } catch {
      return "auto";
    }
  };
  const apply = (choice: string): void => {
    root.dataset["bsTheme"] = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    root.dataset["themeChosen"] = choice;
  };

  apply(chosen());
  dark.addEventListener("change", () => apply(chosen()));
  addEventListener("storage", (event) => {
    if (event.key === KEY) apply(chosen());
  });
  document.addEventListener("assay:theme", (event) => {
    const choice = String((event as CustomEvent<unknown>).detail);
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // Private windows may refuse; the choice then lasts as long as the page.
    }
    apply(choice);
  });
})();
