/**
 * `<form data-upload data-url="...">` with file inputs: choosing or dropping files and folders sends them.
 * The form gets `assay-uploaded` at the end, with {accepted, rejected} as its detail.
 */
import { element, icon } from "../dom";
import { chosen, dropped, type Found } from "./dropped";
import { groups, isLitter } from "./groups";
import { sendAll, type Refused } from "./send";

export function setUpUploads(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-upload]")) {
    if (form.dataset["ready"]) continue;
    form.dataset["ready"] = "yes";
    setUp(form);
  }
}

function setUp(form: HTMLFormElement): void {
  const zone = form.querySelector<HTMLElement>("[data-drop]") ?? form;
  const panel = element("div", { class: "as-upload", "aria-live": "polite" });
  form.append(panel);
  let busy = false;

  const take = async (files: Found[]): Promise<void> => {
    const wanted = files.filter(({ path }) => !isLitter(path));
    if (busy || wanted.length === 0) return;
    busy = true;
    form.setAttribute("aria-busy", "true");
    await upload(form, panel, wanted);
    form.removeAttribute("aria-busy");
    busy = false;
  };

  for (const input of form.querySelectorAll<HTMLInputElement>("input[type=file]")) {
    input.addEventListener("change", () => {
      const files = chosen(input.files ?? []);
      void take(files).then(() => (input.value = ""));
    });
  }
  for (const name of ["dragenter", "dragover"] as const) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("as-dropping");
    });
  }
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget as Node | null)) zone.classList.remove("as-dropping");
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("as-dropping");
    if (event.dataTransfer) void dropped(event.dataTransfer).then(take);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
}

async function upload(form: HTMLFormElement, panel: HTMLElement, files: Found[]): Promise<void> {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const bar = element("progress", { class: "as-upload-bar", max: String(Math.max(1, total)), "aria-label": "Upload" });
  const said = element("p", { class: "mb-0 text-secondary" }, `Sending ${count(files.length)}…`);
  const list = element("ul", { class: "as-upload-refused" });
  panel.replaceChildren(bar, said, list);

  const sent = new Map<number, number>();
  const rejected: Refused[] = [];
  let accepted = 0;
  const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
  addEventListener("beforeunload", warn);
  await sendAll(groups(files), form.dataset["url"] ?? form.action, {
    progress: (group, bytes) => {
      sent.set(group, bytes);
      bar.value = Math.min(total, [...sent.values()].reduce((sum, one) => sum + one, 0));
    },
    answered: (outcome) => {
      accepted += outcome.accepted;
      rejected.push(...outcome.rejected);
      said.textContent = `${accepted.toLocaleString()} of ${count(files.length)} arrived…`;
      list.append(...outcome.rejected.map(row));
    },
  });
  removeEventListener("beforeunload", warn);
  bar.value = bar.max;
  said.textContent =
    rejected.length === 0
      ? `${count(accepted)} arrived.`
      : `${count(accepted)} arrived; ${count(rejected.length)} could not be taken:`;
  form.dispatchEvent(new CustomEvent("assay-uploaded", { bubbles: true, detail: { accepted, rejected } }));
}

function row({ path, reason }: Refused): HTMLElement {
  const made = element("li");
  made.append(icon("alert-triangle"), element("code", {}, path), element("span", {}, reason));
  return made;
}

function count(files: number): string {
  return files === 1 ? "1 file" : `${files.toLocaleString()} files`;
}
