/** The rows of the labels' editor: added and removed here, without a word to the server. */

const FEWEST = 2;

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("#label-rows .as-label-row")];
}

export function rowCount(): number {
  return rows().length;
}

export function setRows(count: number): void {
  for (const row of rows().slice(count)) row.remove();
  while (rowCount() < count && append());
  renumber();
}

export function addRow(): void {
  append()?.querySelector("input")?.focus();
  renumber();
}

export function removeRow(button: Element): void {
  const at = rows().findIndex((row) => row.contains(button));
  rows()[at]?.remove();
  while (rowCount() < FEWEST && append());
  renumber();
  rows()[Math.min(at, rowCount() - 1)]?.querySelector("button")?.focus();
}

let like: HTMLElement | null = null;

function append(): HTMLElement | null {
  // There is none to copy where the only row was just removed.
  like ??= rows()[0]?.cloneNode(true) as HTMLElement | null;
  const made = like?.cloneNode(true) as HTMLElement | undefined;
  if (!made) return null;
  for (const field of made.querySelectorAll("input")) {
    field.removeAttribute("value");
    field.value = "";
  }
  document.getElementById("label-rows")?.append(made);
  return made;
}

function renumber(): void {
  rows().forEach((row, at) => {
    const [name, help] = row.querySelectorAll("input");
    const button = row.querySelector("button");
    name?.setAttribute("aria-label", `Label ${at + 1}`);
    help?.setAttribute("aria-label", `Help for label ${at + 1}`);
    button?.setAttribute("aria-label", `Remove label ${at + 1}`);
    if (button) button.value = String(at);
  });
}
