/** The command palette (Ctrl/Cmd+K): every `a[data-palette]` of the page, filtered as you type. */
import { element, icon } from "./dom";

interface Entry {
  name: string;
  hint: string;
  link: HTMLAnchorElement;
}

export function openPalette(): void {
  if (document.querySelector("dialog.as-palette[open]")) return;
  const entries = [...document.querySelectorAll<HTMLAnchorElement>("a[data-palette]")].map((link) => ({
    name: link.dataset["palette"] || (link.textContent.trim() || link.href),
    hint: link.dataset["paletteHint"] ?? "",
    link,
  }));
  const input = element("input", {
    class: "form-control form-control-lg as-palette-input",
    type: "search",
    placeholder: "Go to…",
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": "as-palette-list",
    "aria-label": "Go to",
    autocomplete: "off",
    spellcheck: "false",
  });
  const list = element("ul", { class: "as-palette-list", id: "as-palette-list", role: "listbox" });
  const dialog = element("dialog", { class: "as-dialog as-palette", "aria-label": "Go to a page" });
  dialog.append(input, list);
  document.body.append(dialog);

  let shown: Entry[] = [];
  let at = 0;
  const draw = (): void => {
    list.replaceChildren(
      ...shown.map((entry, place) => {
        const row = element("li", {
          class: place === at ? "active" : "",
          role: "option",
          id: `as-palette-${place}`,
          "aria-selected": String(place === at),
        });
        row.append(element("span", {}, entry.name));
        if (entry.hint) row.append(element("small", { class: "text-secondary ms-auto" }, entry.hint));
        row.addEventListener("click", () => go(entry));
        return row;
      }),
    );
    if (shown.length === 0) list.append(element("li", { class: "text-secondary" }, "Nothing on this page goes by that name."));
    input.setAttribute("aria-activedescendant", shown.length > 0 ? `as-palette-${at}` : "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const filter = (): void => {
    shown = ranked(entries, input.value);
    at = 0;
    draw();
  };
  const go = (entry: Entry): void => {
    dialog.close();
    entry.link.click();
  };
  input.addEventListener("input", filter);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (shown.length > 0) at = (at + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length;
      draw();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const entry = shown[at];
      if (entry) go(entry);
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  filter();
}

/** Entries in which every typed word occurs; those that begin with the text come first. */
export function ranked<T extends { name: string; hint: string }>(entries: readonly T[], typed: string): T[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = entries.filter((entry) => {
    const text = `${entry.name} ${entry.hint}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const first = words[0];
  if (first === undefined) return fits;
  const begins = (entry: T): number => (entry.name.toLowerCase().startsWith(first) ? 0 : 1);
  return fits.sort((a, b) => begins(a) - begins(b));
}

/** The dialog behind `?`: all `[data-key]` elements that can be seen, with their names. */
export function openKeys(): void {
  if (document.querySelector("dialog.as-keys[open]")) return;
  const rows: [string, string][] = [
    ["Ctrl K", "Go to a page"],
    ["?", "Show these keys"],
  ];
  for (const target of document.querySelectorAll<HTMLElement>("[data-key]")) {
    if (!target.checkVisibility()) continue;
    const name = target.dataset["keyName"] ?? target.getAttribute("aria-label") ?? target.textContent.trim();
    rows.push([target.dataset["key"] ?? "", name.replace(/\s+/g, " ")]);
  }
  const dialog = element("dialog", { class: "as-dialog as-keys", "aria-labelledby": "as-keys-title" });
  const head = element("header", { class: "as-dialog-head" });
  const close = element("button", { class: "btn btn-icon btn-ghost-secondary", type: "button", "aria-label": "Close" });
  close.append(icon("x"));
  close.addEventListener("click", () => dialog.close());
  head.append(element("h2", { id: "as-keys-title" }, "Keys on this page"), close);
  const table = element("dl", { class: "as-keys-list" });
  for (const [key, name] of rows) {
    const what = element("dt");
    what.append(element("kbd", {}, key));
    table.append(what, element("dd", {}, name));
  }
  dialog.append(head, table);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
