/** The fields of a request's form: read as they would be posted, and filled in. */
import { ROW_FIELDS, valuesOf, type Form } from "./form";
import { ROW_NAMES, rowCount, setRows, showConditions, showParts } from "./rows";

const NO_FIELDS = new Set(["csrfmiddlewaretoken", "version"]);

export function readForm(form: HTMLFormElement): Form {
  return [...new FormData(form)].flatMap(([name, value]) => (typeof value === "string" && !NO_FIELDS.has(name) ? [[name, value] as const] : []));
}

/** Whether something was typed before the script came. */
export function touched(form: HTMLFormElement): boolean {
  return [...form.elements].some((one) => {
    if (one instanceof HTMLTextAreaElement) return one.value !== one.defaultValue;
    if (one instanceof HTMLSelectElement) return one.selectedIndex !== Math.max(0, [...one.options].findLastIndex((option) => option.defaultSelected));
    if (!(one instanceof HTMLInputElement)) return false;
    return one.type === "checkbox" ? one.checked !== one.defaultChecked : one.type !== "hidden" && one.value !== one.defaultValue;
  });
}

/** Fills in the named fields; what has the wanted value already is left alone, with its caret. */
export function fill(form: HTMLFormElement, wanted: Form, names: ReadonlySet<string>): void {
  for (const row of ROW_NAMES) {
    const [first = ""] = ROW_FIELDS[row];
    if (!names.has(first)) continue;
    setRows(row, Math.max(rowCount(row), valuesOf(wanted, first).length));
    for (const name of ROW_FIELDS[row]) fillEach(`#${row}-rows`, name, wanted);
    if (row === "question") fillConditions(wanted);
  }
  if (names.has("formats")) {
    const chosen = new Set(valuesOf(wanted, "formats"));
    for (const box of document.querySelectorAll<HTMLInputElement>("#formats input[name=formats]")) box.checked = chosen.has(box.value);
  }
  for (const name of names) {
    if (name === "formats" || Object.values(ROW_FIELDS).some((fields) => fields.includes(name))) continue;
    const field = form.elements.namedItem(name);
    const [value] = valuesOf(wanted, name);
    if (value !== undefined) put(field, value);
  }
  showParts();
}

function fillEach(place: string, name: string, wanted: Form): void {
  const values = valuesOf(wanted, name);
  document.querySelectorAll(`${place} [name=${name}]`).forEach((field, at) => put(field, values[at] ?? ""));
}

/** Conditions name labels of the questions above, which had to be filled in first. */
function fillConditions(wanted: Form): void {
  showConditions();
  const values = valuesOf(wanted, "question_when");
  document.querySelectorAll<HTMLSelectElement>("#question-rows [name=question_when]").forEach((select, at) => {
    const value = values[at] ?? "";
    if (![...select.options].some((one) => one.value === value)) select.add(new Option(value, value));
    select.value = value;
  });
  showConditions();
}

function put(field: Element | RadioNodeList | null, value: string): void {
  if (field instanceof HTMLSelectElement && ![...field.options].some((option) => option.value === value)) return;
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) {
    if (field.value !== value) field.value = value;
  }
}

/** Whether boxes were ticked that are not shown any more: another task may bring them back. */
const ticks = new Map<string, boolean>();

/** The formats that can hold the task's labels; a box that is there keeps what was ticked. */
export function showFormats(formats: readonly [name: string, chosen: boolean][]): void {
  const place = document.getElementById("formats");
  if (!place || formats.length === 0) return;
  const boxes = new Map([...place.querySelectorAll<HTMLInputElement>("input[name=formats]")].map((box) => [box.value, box]));
  if (boxes.size === formats.length && formats.every(([name]) => boxes.has(name))) return;
  const like = place.firstElementChild;
  if (!like) return;
  const wanted = formats.map(([name, chosen]) => boxes.get(name)?.closest("label") ?? madeLike(like, name, ticks.get(name) ?? chosen));
  for (const box of boxes.values()) {
    if (formats.some(([name]) => name === box.value)) continue;
    ticks.set(box.value, box.checked);
    box.closest("label")?.remove();
  }
  wanted.forEach((label, at) => {
    if (place.children[at] !== label) place.insertBefore(label, place.children[at] ?? null);
  });
}

function madeLike(like: Element, name: string, chosen: boolean): Element {
  const made = like.cloneNode(true) as Element;
  const box = made.querySelector("input");
  const words = made.querySelector(".form-check-label");
  if (box) Object.assign(box, { value: name, checked: chosen });
  if (words) words.textContent = name;
  return made;
}

/** The files that fields choose among, after some came or went; what is chosen stays chosen as long as it is there. */
export function showFileNames(): void {
  const told = document.querySelector<HTMLElement>("#files [data-tables]");
  if (!told) return;
  const tables = JSON.parse(told.dataset["tables"] ?? "[]") as string[];
  const pictures = Number(told.dataset["pictures"]) > 0;
  for (const select of document.querySelectorAll<HTMLSelectElement>("select[data-files]")) {
    const { value } = select;
    const wanted = select.dataset["files"] === "all" && pictures ? [...tables, "."] : tables;
    for (const option of [...select.options].slice(1)) if (!wanted.includes(option.value)) option.remove();
    const known = new Set([...select.options].map((option) => option.value));
    for (const name of wanted) if (!known.has(name)) select.add(new Option(name === "." ? "the pictures themselves" : name, name));
    select.value = [...select.options].some((option) => option.value === value) ? value : "";
  }
  const details = document.getElementById("which-file");
  if (details instanceof HTMLDetailsElement && tables.length > 1) details.open = true;
}
