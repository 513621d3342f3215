/** What the page says about saving, which is true at every moment. */
import { locked, unsaved, type Model, type Trouble } from "./machine";

export type State = "saved" | "typing" | "saving" | "trouble";

export interface Words {
  state: State;
  icon: string;
  words: string;
  link?: { address: string; words: string };
}

/** null: what the server wrote into the page still holds. */
export function wordsOf(model: Model, { clock, draft }: { clock: (at: number) => string; draft: string }): Words | null {
  if (model.filed) return { state: "saved", icon: "check", words: "Submitted." };
  if (locked(model)) return { state: "saving", icon: "send", words: model.tries > 0 ? "Submitting: the server does not answer, trying again…" : "Submitting…" };
  if (model.trouble) return inTrouble(model.trouble, model.flight !== null, draft);
  if (model.flight) return { state: "saving", icon: "upload", words: "Saving…" };
  if (unsaved(model)) return { state: "typing", icon: "pencil", words: "Not saved yet." };
  return model.savedAt === null ? null : { state: "saved", icon: "check", words: `Saved ${clock(model.savedAt)}.` };
}

function inTrouble(trouble: Trouble, trying: boolean, draft: string): Words {
  const said = (words: string): Words => ({ state: "trouble", icon: "alert-triangle", words });
  const page = `/requests/${draft}/`;
  switch (trouble.kind) {
    case "conflict":
      return said("Not saved: this draft was changed elsewhere. Choose below what it should hold.");
    case "refused":
      return said(`Not saved: ${trouble.sentence}`);
    case "again":
      return said(`Not saved: ${trouble.words} ${trying ? "Trying again…" : "It is tried again by itself."}`);
    case "signed-out":
      return { ...said("Not saved: you are signed out. What you typed stays in this tab."), link: { address: `/account/login/?next=${page}`, words: "Sign in" } };
    case "stopped":
      return { ...said(`Not saved: ${trouble.words} What you typed stays in this tab.`), link: { address: page, words: "Load the page again" } };
    case "submitted":
      return { ...said("This request was submitted already; what was typed here since is no part of it."), link: { address: trouble.address, words: "To the project" } };
  }
}
