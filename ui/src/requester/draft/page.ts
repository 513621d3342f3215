/** A draft's page: what is typed there goes to `machine.ts`, and what it says is done here. */
import { newId } from "../../api/client";
import { leftStored, showConflict } from "./conflict";
import { fill, readForm, showFileNames, showFormats, touched } from "./fields";
import type { Form } from "./form";
import { forget, keep, keptOf } from "./kept";
import { begin, locked, over, step, unsaved, type Deed, type Happening, type Model } from "./machine";
import { pressRows, showConditions, showParts } from "./rows";
import { send } from "./send";
import { showSaving } from "./shown";

/** How long somebody who follows a link waits for the last save, in milliseconds. */
const PATIENCE = 4_000;

export function followDraft(): void {
  const form = document.getElementById("draft");
  const draft = form?.dataset["draft"];
  if (form instanceof HTMLFormElement && draft) new DraftPage(form, draft).follow();
}

class DraftPage {
  private model: Model;
  private readonly queue: Happening[] = [];
  private timer = 0;
  private shownPanel: string | null = null;
  /** What a link that is followed waits to do. */
  private then: (() => void) | null = null;
  private going = false;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly draft: string,
  ) {
    const version = Number(document.querySelector<HTMLInputElement>("#version")?.value);
    const base = readForm(form);
    this.model = begin({ page: newId(), base, typed: base, version });
  }

  follow(): void {
    showParts();
    this.takeUp();
    const read = (): void => this.happen({ kind: "typed", form: readForm(this.form) });
    for (const name of ["input", "change"]) document.addEventListener(name, (event) => this.isOurs(event.target) && this.follows(event.target, read));
    document.addEventListener("click", (event) => this.click(event), true);
    document.addEventListener("submit", (event) => this.submit(event), true);
    document.addEventListener("htmx:afterSwap", (event) => {
      if (!(event.target instanceof Element) || event.target.id !== "files") return;
      showFileNames();
      read();
    });
    const hidden = (): void => this.happen({ kind: "hidden" });
    addEventListener("pagehide", hidden);
    document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? hidden() : this.retry()));
    addEventListener("online", () => this.retry());
    addEventListener("beforeunload", (event) => {
      if (unsaved(this.model) && !over(this.model) && !this.going) event.preventDefault();
    });
    addEventListener("pageshow", () => this.retry());
    this.showFollowed();
  }

  /** Goes on with what an earlier life of the page left, or what was typed before the script came. */
  private takeUp(): void {
    const kept = keptOf(this.draft);
    if (kept) {
      fill(this.form, kept.typed, namesIn(kept.typed));
      this.model = { ...this.model, base: kept.base, version: kept.version, unheard: kept.unheard, typed: readForm(this.form) };
      this.happen({ kind: "due" });
    } else if (touched(this.form)) {
      this.model = { ...this.model, base: [] };
      this.happen({ kind: "due" });
    }
  }

  private happen(happening: Happening): void {
    this.queue.push(happening);
    // What happens while something is carried out waits until all of it is.
    if (this.queue.length > 1) return;
    for (let next = this.queue[0]; next; this.queue.shift(), next = this.queue[0]) {
      const [model, deeds] = step(this.model, next, Date.now());
      this.model = model;
      for (const deed of deeds) this.carryOut(deed);
      this.show();
    }
  }

  private carryOut(deed: Deed): void {
    switch (deed.do) {
      case "send":
        void send(this.draft, deed.request, deed.leaving).then((outcome) => this.happen({ kind: "replied", count: deed.request.count, outcome }));
        return;
      case "wait":
        clearTimeout(this.timer);
        this.timer = window.setTimeout(() => this.happen({ kind: "due" }), deed.milliseconds);
        return;
      case "keep":
        return keep(this.draft, this.model);
      case "forget":
        return forget(this.draft);
      case "saved":
        showFormats(deed.formats);
        this.happen({ kind: "typed", form: readForm(this.form) });
        document.body.dispatchEvent(new CustomEvent("draft-saved", { bubbles: true }));
        return;
      case "go":
        return this.go(deed.address);
    }
  }

  private go(address: string | null): void {
    if (address !== null) {
      this.going = true;
      location.assign(address);
      return;
    }
    const { then } = this;
    this.then = null;
    then?.();
  }

  private click(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    const button = target?.closest("button");
    if (button?.dataset["choose"]) return this.choose(button);
    const link = target?.closest("a");
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const elsewhere = link.origin === location.origin && link.pathname !== location.pathname;
    if (!elsewhere || link.target || link.hasAttribute("download") || link.dataset["bsToggle"] || !unsaved(this.model) || locked(this.model)) return;
    event.preventDefault();
    this.leave(() => location.assign(link.href));
  }

  private submit(event: SubmitEvent): void {
    const { target } = event;
    if (target === this.form) {
      event.preventDefault();
      return this.press(event.submitter);
    }
    // Signing out is a form of its own; it waits for the last save like a link.
    if (!(target instanceof HTMLFormElement) || !target.action.endsWith("/account/logout/") || !unsaved(this.model)) return;
    event.preventDefault();
    this.leave(() => {
      forget(this.draft);
      target.submit();
    });
  }

  private press(button: HTMLElement | null): void {
    const name = button?.getAttribute("name");
    if (!(button && pressRows(button)) && button?.id === "submit") return this.happen({ kind: "submit" });
    this.happen({ kind: "typed", form: readForm(this.form) });
    if (name === null || name === undefined) this.retry();
  }

  private choose(button: HTMLElement): void {
    const place = document.getElementById("draft-conflict");
    const { trouble } = this.model;
    if (!place || trouble?.kind !== "conflict") return;
    fill(this.form, trouble.stored, leftStored(place, button));
    this.happen({ kind: "chosen", form: readForm(this.form) });
  }

  private leave(then: () => void): void {
    this.then = then;
    window.setTimeout(() => this.happen({ kind: "impatient" }), PATIENCE);
    this.happen({ kind: "leave" });
  }

  private retry(): void {
    this.happen({ kind: "due" });
  }

  /** The button without which nothing would be saved stays what the Enter key presses. */
  private showFollowed(): void {
    const button = document.getElementById("save");
    button?.classList.add("visually-hidden");
    button?.setAttribute("tabindex", "-1");
    this.form.dataset["followed"] = "yes";
  }

  /** What was typed may change what else can be said, before all of it is read. */
  private follows(target: EventTarget | null, read: () => void): void {
    if (target instanceof HTMLSelectElement && target.id === "task") showParts();
    if (target instanceof Element && target.closest("#question-rows")) showConditions();
    read();
  }

  private isOurs(target: EventTarget | null): boolean {
    return target instanceof Element && "form" in target && target.form === this.form;
  }

  private show(): void {
    showSaving(this.model, this.draft);
    const panel = this.model.trouble?.kind === "conflict" ? this.model.trouble.panel : null;
    if (panel === this.shownPanel) return;
    this.shownPanel = panel;
    const place = document.getElementById("draft-conflict");
    if (place) showConflict(place, this.model);
  }
}

/** The names of a form's fields; of boxes none of which is ticked nothing else is posted. */
function namesIn(form: Form): Set<string> {
  const names = new Set(form.map(([name]) => name));
  return names.has("formats_shown") ? names.add("formats") : names;
}
