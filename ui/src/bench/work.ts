/** What a person has said about the current item so far, and what would be sent for it. */
import type { BatchInfo, NewRemark, SubmitBody, Task } from "../api/types";
import { incomplete } from "../labels/attributes";
import { accepted, isEmpty, toDraft, toLabel, type Draft } from "../labels/draft";
import type { LabelJSON } from "../labels/values";

/** In a review: the proposal, one of the answers, or a label of one's own. */
export type Pick = "proposal" | "own" | number;

export interface Work {
  draft: Draft;
  pick: Pick;
  reason: string;
  remarks: NewRemark[];
}

export const textOf = (task: Task): string => task.item.text ?? "";

export function beginWork(task: Task, batch: BatchInfo): Work {
  const { review } = task;
  const kind = batch.produces;
  if (review) {
    const first = review.proposal ?? review.answers[0]?.label ?? null;
    const pick: Pick = review.proposal !== null ? "proposal" : review.answers.length > 0 ? 0 : "own";
    return { draft: toDraft(first, kind, textOf(task), false), pick, reason: "", remarks: [] };
  }
  return { draft: toDraft(task.suggestion, kind, textOf(task), true), pick: "own", reason: "", remarks: [] };
}

/** The label of a pick. */
export function pickedLabel(work: Work, task: Task): LabelJSON | null {
  if (task.review && work.pick === "proposal") return task.review.proposal;
  if (task.review && typeof work.pick === "number") return task.review.answers[work.pick]?.label ?? null;
  return toLabel(work.draft, textOf(task));
}

/** Starts to mend what is picked. */
export function mended(work: Work, task: Task, batch: BatchInfo): Work {
  if (work.pick === "own") return work;
  return { ...work, pick: "own", draft: toDraft(pickedLabel(work, task), batch.produces, textOf(task), false) };
}

export type Readiness =
  | { kind: "ready"; label: LabelJSON }
  /** The suggestion would be the answer: it is shown as one's own first. */
  | { kind: "accept"; draft: Draft; says: string }
  /** An empty answer is meant, once it is said twice. */
  | { kind: "confirm"; label: LabelJSON; says: string }
  | { kind: "missing"; says: string };

export function readiness(work: Work, task: Task, { labels }: BatchInfo): Readiness {
  if (task.review && work.pick !== "own") {
    const label = pickedLabel(work, task);
    return label === null ? { kind: "missing", says: "Pick an answer, or mend one." } : { kind: "ready", label };
  }
  const draft = accepted(work.draft);
  if (isEmpty(draft)) {
    const { suggestion } = task;
    // An earlier label that is to be verified is none of the answers.
    const known = (name: string): boolean => labels.some((label) => label.name === name);
    if (suggestion !== null && !task.review) {
      if (draft.kind === "choice" && typeof suggestion === "string" && known(suggestion))
        return { kind: "accept", draft: { kind: "choice", name: suggestion }, says: `Suggested: ${suggestion}. Enter again submits it.` };
      if (draft.kind === "choices" && draft.names === null && Array.isArray(suggestion) && suggestion.every(known))
        return { kind: "accept", draft: { kind: "choices", names: suggestion }, says: "The suggested labels are chosen. Enter again submits them." };
    }
    if (draft.kind === "choice") return { kind: "missing", says: "Choose a label first." };
    if (draft.kind === "preference") return { kind: "missing", says: "Choose the better one first." };
    const label = draft.kind === "choices" ? [] : (toLabel(draft, textOf(task)) ?? []);
    const noun = { choices: "No label applies", boxes: "There is nothing to box", points: "There is no point to set", spans: "There is nothing to mark" }[draft.kind];
    return { kind: "confirm", label, says: `${noun}? Enter again submits it so.` };
  }
  const lacks = draft.kind === "boxes" || draft.kind === "spans" ? incomplete(draft.objects, labels) : null;
  if (lacks !== null) return { kind: "missing", says: lacks };
  const label = toLabel(draft, textOf(task));
  return label === null ? { kind: "missing", says: "Say something first." } : { kind: "ready", label };
}

/** What is sent, but for its id. */
export function submission(task: Task, { reason, remarks }: Work, label: LabelJSON, seconds: number): Omit<SubmitBody, "client_id"> {
  return { assignment: task.assignment, label, seconds, next: true, reason: task.review ? reason.trim() : "", remarks };
}

/** Whether there is something to lose. */
export function touched(work: Work, task: Task, batch: BatchInfo): boolean {
  return JSON.stringify(work) !== JSON.stringify(beginWork(task, batch));
}
