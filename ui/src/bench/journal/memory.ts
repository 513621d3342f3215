/** A journal that lasts as long as the page, where the browser keeps nothing. */
import type { Entry, Journal, Kept, SavedDraft } from "./records";

export function memoryJournal(): Journal {
  const drafts = new Map<number, SavedDraft>();
  const entries = new Map<string, Entry>();
  const kept = new Map<string, Kept>();
  const done = Promise.resolve();
  return {
    load: () => Promise.resolve({ drafts: [...drafts.values()], entries: [...entries.values()], kept: [...kept.values()] }),
    putDraft: (draft) => (drafts.set(draft.assignment, draft), done),
    dropDraft: (assignment) => (drafts.delete(assignment), done),
    putEntry: (entry) => (entries.set(entry.client_id, entry), done),
    dropEntry: (id) => (entries.delete(id), done),
    putKept: (one) => (kept.set(one.id, one), done),
    dropKept: (id) => (kept.delete(id), done),
  };
}
