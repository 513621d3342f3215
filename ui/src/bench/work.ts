/** What a person has said about the current item so far, and what would be sent for it. */
import type { BatchInfo, NewRemark, Question, SubmitBody, Task } from "../api/types";
import { accepted, isEmpty, suggestedCount, toDraft, toLabel, type Draft } from "../labels/draft";
import { saidIn, type AnswersDraft } from "../labels/kinds/answers";
import { kinds, type About } from "../labels/kinds/kind";
import { asked, batchOf } from "../labels/questions";
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

/** What the answer is said about, and what it may say. */
export const aboutOf = (task: Task, { labels, questions }: BatchInfo): About => ({ text: textOf(task), labels, questions });

export function beginWork(task: Task, batch: BatchInfo): Work {
  const { review } = task;
  const kind = batch.produces;
  if (review) {
    const first = review.proposal ?? review.answers[0]?.label ?? null;
    const pick: Pick = review.proposal !== null ? "proposal" : review.answers.length > 0 ? 0 : "own";
    return { draft: toDraft(first, kind, aboutOf(task, batch), false), pick, reason: "", remarks: [] };
  }
  return { draft: toDraft(task.suggestion, kind, aboutOf(task, batch), true), pick: "own", reason: "", remarks: [] };
}

/** The label of a pick. */
export function pickedLabel(work: Work, task: Task, batch: BatchInfo): LabelJSON | null {
  if (task.review && work.pick === "proposal") return task.review.proposal;
  if (task.review && typeof work.pick === "number") return task.review.answers[work.pick]?.label ?? null;
  return toLabel(work.draft, aboutOf(task, batch));
}

/** Starts to mend what is picked. */
export function mended(work: Work, task: Task, batch: BatchInfo): Work {
  if (work.pick === "own") return work;
  return { ...work, pick: "own", draft: toDraft(pickedLabel(work, task, batch), batch.produces, aboutOf(task, batch), false) };
}

export type Readiness =
  | { kind: "ready"; label: LabelJSON }
  /** The suggestion would be the answer: it is shown as one's own first. */
  | { kind: "accept"; draft: Draft; says: string }
  /** An empty answer is meant, once it is said twice. */
  | { kind: "confirm"; label: LabelJSON; says: string }
  | { kind: "missing"; says: string };

export function readiness(work: Work, task: Task, batch: BatchInfo): Readiness {
  if (task.review && work.pick !== "own") {
    const label = pickedLabel(work, task, batch);
    return label === null ? { kind: "missing", says: "Pick an answer, or mend one." } : { kind: "ready", label };
  }
  const draft = accepted(work.draft);
  return draft.kind === "answers" ? readyAnswers(draft, task, batch) : ready(draft, task, batch);
}

/** Of one answer, or of the answer to one question. */
function ready(draft: Draft, task: Task, batch: BatchInfo): Readiness {
  const kind = kinds()[draft.kind];
  const about = aboutOf(task, batch);
  if (isEmpty(draft)) {
    const taken = task.suggestion !== null && !task.review ? kind.accept?.(draft, task.suggestion, about) : null;
    if (taken) return { kind: "accept", ...taken };
    if (kind.nothing === null) return { kind: "missing", says: kind.missing };
    return { kind: "confirm", label: kind.nothing.label, says: `${kind.nothing.says}? Enter again submits it so.` };
  }
  const lacks = kind.lacks?.(draft, about) ?? null;
  if (lacks !== null) return { kind: "missing", says: lacks };
  const label = toLabel(draft, about);
  return label === null ? { kind: "missing", says: "Say something first." } : { kind: "ready", label };
}

/** The task as if it asked one question only. */
export function taskOf(task: Task, name: string): Task {
  const { suggestion } = task;
  const said = suggestion !== null && typeof suggestion === "object" && "answers" in suggestion ? (suggestion.answers[name] ?? null) : null;
  return { ...task, suggestion: said };
}

/** The question that is answered now: the one at hand, or the first where that one is not asked any more. */
export function questionAt(draft: AnswersDraft, task: Task, batch: BatchInfo): { open: Question[]; at: Question | null } {
  const open = asked(batch.questions, saidIn(draft, batch.questions, aboutOf(task, batch)));
  return { open, at: open.find(({ name }) => name === draft.at) ?? open[0] ?? null };
}

/** The batch as if it asked the question at hand and no other; where it asks one, itself. */
export function batchNow({ draft }: Work, task: Task, batch: BatchInfo): BatchInfo {
  const at = draft.kind === "answers" ? questionAt(draft, task, batch).at : null;
  return at ? batchOf(batch, at) : batch;
}

/** Whether answers are drawn on the item, so that two of them are best seen beside each other. */
export const isDrawn = ({ produces, questions }: BatchInfo): boolean =>
  produces === "answers" ? questions.some((one) => kinds()[one.produces].drawn) : kinds()[produces].drawn;

/** Goes on from a question; the next one is at hand, or the same where none is left. */
export function passed(draft: AnswersDraft, name: string, task: Task, batch: BatchInfo): { draft: AnswersDraft; next: Question | null } {
  const done = { ...draft, passed: [...new Set([...draft.passed, name])] };
  const { open } = questionAt(done, task, batch);
  const next = open.find((one) => !isAnswered(done, one)) ?? null;
  return { draft: next ? { ...done, at: next.name } : done, next };
}

/** Whether somebody answered a question, or went on from it. */
export function isAnswered(draft: AnswersDraft, { name }: Question): boolean {
  const part = draft.parts[name];
  return draft.passed.includes(name) || (part !== undefined && !isEmpty(part) && suggestedCount(part) === 0);
}

/** Enter answers question after question, and sends the answers from the last one on. */
function readyAnswers(draft: AnswersDraft, task: Task, batch: BatchInfo): Readiness {
  const { at } = questionAt(draft, task, batch);
  const part = at && draft.parts[at.name];
  if (!at || !part) return { kind: "missing", says: "There is no question to answer." };
  const found = ready(part, taskOf(task, at.name), batchOf(batch, at));
  if (found.kind === "accept") return { ...found, draft: { ...draft, parts: { ...draft.parts, [at.name]: found.draft } }, says: found.says.replace("submits", "goes on with") };
  const left = found.kind === "missing" && !at.required && isEmpty(part);
  if (found.kind === "missing" && !left) return found;
  const { draft: done, next } = passed(draft, at.name, task, batch);
  if (next) return { kind: "accept", draft: done, says: `${wordsOf(part, found)} Next: ${next.ask}` };
  // Whatever was passed without being looked at is looked at now.
  for (const one of questionAt(done, task, batch).open) {
    const other = done.parts[one.name];
    const lacks = other && !isEmpty(other) ? ready(other, taskOf(task, one.name), batchOf(batch, one)) : null;
    if (lacks?.kind === "missing") return { kind: "accept", draft: { ...done, at: one.name }, says: lacks.says };
  }
  const label = toLabel(done, aboutOf(task, batch));
  if (label === null) return { kind: "missing", says: "Answer a question first." };
  return found.kind === "confirm" && !draft.passed.includes(at.name) ? { ...found, label } : { kind: "ready", label };
}

function wordsOf(part: Draft, found: Readiness): string {
  if (!isEmpty(part)) return "";
  return found.kind === "confirm" ? `${found.says.split("?")[0] ?? ""}.` : "Left out.";
}

/** What is sent, but for its id. */
export function submission(task: Task, { reason, remarks }: Work, label: LabelJSON, seconds: number): Omit<SubmitBody, "client_id"> {
  return { assignment: task.assignment, label, seconds, next: true, reason: task.review ? reason.trim() : "", remarks };
}

/** Whether there is something to lose. */
export function touched(work: Work, task: Task, batch: BatchInfo): boolean {
  return JSON.stringify(work) !== JSON.stringify(beginWork(task, batch));
}
