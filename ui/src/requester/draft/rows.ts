/** Editors of rows (labels, questions, attributes): added and removed here, without a word to the server. */

export type RowName = "label" | "question" | "attribute";

const FEWEST: Record<RowName, number> = { label: 2, question: 1, attribute: 0 };
export const ROW_NAMES = Object.keys(FEWEST) as RowName[];

function rows(name: RowName): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`#${name}-rows .as-${name}-row`)];
}

export function rowCount(name: RowName): number {
  return rows(name).length;
}

export function setRows(name: RowName, count: number): void {
  for (const row of rows(name).slice(Math.max(count, FEWEST[name]))) row.remove();
  while (rowCount(name) < count && append(name));
  renumber(name);
}

export function addRow(name: RowName): void {
  append(name)?.querySelector("input")?.focus();
  renumber(name);
}

export function removeRow(name: RowName, button: Element): void {
  const at = rows(name).findIndex((row) => row.contains(button));
  rows(name)[at]?.remove();
  while (rowCount(name) < FEWEST[name] && append(name));
  renumber(name);
  const next = rows(name)[Math.min(at, rowCount(name) - 1)]?.querySelector<HTMLElement>("button[name^=remove]");
  (next ?? document.querySelector<HTMLElement>(`[name=add_${name}]`))?.focus();
}

/** What a button of a row editor does; false where it is none. */
export function pressRows(button: Element): boolean {
  const [deed = "", name = ""] = (button.getAttribute("name") ?? "").split("_");
  const known = ROW_NAMES.find((one) => one === name);
  if (!known || (deed !== "add" && deed !== "remove")) return false;
  if (deed === "add") addRow(known);
  else removeRow(known, button);
  return true;
}

const like = new Map<RowName, HTMLElement>();

function append(name: RowName): HTMLElement | null {
  // There is none to copy where the only row was just removed.
  if (!like.has(name)) {
    const template = document.getElementById(`${name}-row-template`);
    const first = template instanceof HTMLTemplateElement ? template.content.firstElementChild : rows(name)[0];
    if (first) like.set(name, first.cloneNode(true) as HTMLElement);
  }
  const made = like.get(name)?.cloneNode(true) as HTMLElement | undefined;
  if (!made) return null;
  for (const field of made.querySelectorAll("input")) {
    field.removeAttribute("value");
    field.value = "";
  }
  document.getElementById(`${name}-rows`)?.append(made);
  return made;
}

function renumber(name: RowName): void {
  rows(name).forEach((row, at) => {
    for (const field of row.querySelectorAll<HTMLElement>("[data-said]")) field.setAttribute("aria-label", (field.dataset["said"] ?? "").replace("#", String(at + 1)));
    const number = row.querySelector(".as-question-number");
    if (number) number.textContent = String(at + 1);
    const button = row.querySelector<HTMLButtonElement>("button[name^=remove]");
    if (button) button.value = String(at);
  });
  if (name === "question") showConditions();
}

const LONGEST_NAME = 64;
const MOST_LABELS = 60;

/** What the answer to a question is called: as somebody wrote it, else what is asked without its mark; as the server does. */
export function questionName(name: string, ask: string): string {
  const plain = ask.replaceAll(":", " ").replace(/^[ ?!.]+|[ ?!.]+$/g, "").replace(/\s+/g, " ");
  return name.trim() || plain.slice(0, LONGEST_NAME).trim();
}

/** What a question may depend on: the labels of those above it. What is chosen stays chosen as long as somebody can mean it. */
export function showConditions(): void {
  const above: [value: string, words: string][] = [["", "always"]];
  for (const row of rows("question")) {
    const value = (field: string): string => row.querySelector<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(`[name=question_${field}]`)?.value ?? "";
    const select = row.querySelector<HTMLSelectElement>("[name=question_when]");
    if (select) {
      const chosen = select.value;
      const words = [...select.options].find((one) => one.value === chosen)?.text ?? chosen;
      const wanted = above.some(([one]) => one === chosen) ? above : [...above, [chosen, words] as [string, string]];
      const shown = [...select.options].map((one) => `${one.value}\n${one.text}`).join("\n");
      if (shown !== wanted.map(([one, text]) => `${one}\n${text}`).join("\n")) {
        select.replaceChildren(...wanted.map(([one, text]) => new Option(text, one)));
        select.value = chosen;
      }
    }
    const name = questionName(value("name"), value("ask"));
    if (!name) continue;
    above.push([name, `where ${name} has an answer`]);
    const labels = value("labels").split("\n").map((one) => one.trim()).filter(Boolean);
    above.push(...labels.slice(0, MOST_LABELS).map((label): [string, string] => [`${name}: ${label}`, `where ${name} is ${label}`]));
  }
}

/** Labels, or questions in their place; attributes where objects are marked: as the chosen task has them. */
export function showParts(): void {
  const task = document.querySelector<HTMLSelectElement>("#task")?.selectedOptions[0];
  if (!task) return;
  const several = task.dataset["questions"] !== undefined;
  const hidden = { "label-part": several, "question-part": !several, "attribute-part": task.dataset["marks"] === undefined };
  for (const [id, away] of Object.entries(hidden)) document.getElementById(id)?.toggleAttribute("hidden", away);
}
