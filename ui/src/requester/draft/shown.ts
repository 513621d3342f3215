/** What the page says about saving and submitting, beside its fields. */
import { element, icon } from "../../site/dom";
import { locked, type Model } from "./machine";
import { wordsOf, type Words } from "./words";

const MINUTE = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export function showSaving(model: Model, draft: string): void {
  const words = wordsOf(model, { clock: (at) => MINUTE.format(at), draft });
  // It stands at both ends of a long page.
  for (const id of ["draft-said", "draft-said-below"]) {
    const said = document.getElementById(id);
    if (said && words) sayIn(said, words);
  }
  const steps = document.getElementById("steps");
  if (steps) steps.inert = locked(model);
  const button = document.getElementById("submit");
  button?.setAttribute("aria-disabled", String(locked(model)));
  const version = document.getElementById("version");
  if (version instanceof HTMLInputElement) version.value = String(model.version);
  showNotSubmitted(model.notSubmitted);
}

function sayIn(said: HTMLElement, words: Words): void {
  if (said.dataset["state"] === words.state && said.textContent.trim() === [words.words, words.link?.words ?? ""].join(" ").trim()) return;
  said.dataset["state"] = words.state;
  // Trouble is told at once; that all is well need not be read aloud at every pause.
  said.classList.toggle("text-secondary", words.state !== "trouble");
  if (words.state === "trouble" && said.id === "draft-said") said.setAttribute("role", "alert");
  else said.removeAttribute("role");
  const line = element("span", {}, words.words);
  if (words.link) line.append(" ", element("a", { href: words.link.address }, words.link.words));
  said.replaceChildren(icon(words.icon), line);
}

function showNotSubmitted(sentence: string | null): void {
  const place = document.getElementById("draft-trouble");
  if (!place || place.dataset["said"] === (sentence ?? "")) return;
  if (sentence === null && place.dataset["said"] === undefined) return;
  place.dataset["said"] = sentence ?? "";
  place.replaceChildren();
  if (sentence === null) return;
  const made = element("div", { class: "alert alert-danger", role: "alert" });
  made.append(element("div", { class: "alert-title" }, "It was not submitted"), sentence);
  place.append(made);
  place.scrollIntoView({ block: "nearest" });
}
