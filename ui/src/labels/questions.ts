/** Several questions about one item: which of them are asked, and each as if it were the only one. */
import type { BatchInfo, LabelName, Question } from "../api/types";
import { kinds, type About } from "./kinds/kind";
import type { LabelJSON } from "./values";

export type Said = Readonly<Record<string, LabelJSON | null | undefined>>;

/** The questions that are asked of whoever answers so: a condition looks at an earlier question. */
export function asked(questions: readonly Question[], said: Said): Question[] {
  const found: Question[] = [];
  for (const one of questions) {
    const { when } = one;
    if (when && !found.some(({ name }) => name === when.question)) continue;
    if (!when || meets(said[when.question], when.labels)) found.push(one);
  }
  return found;
}

function meets(label: LabelJSON | null | undefined, labels: readonly string[]): boolean {
  if (label === null || label === undefined) return false;
  const used = namesIn(label);
  return labels.length > 0 ? used.some((name) => labels.includes(name)) : used.length > 0;
}

/** The labels that a value uses. */
function namesIn(label: LabelJSON): string[] {
  if (typeof label === "object" && "winner" in label) return [label.winner];
  const kind = Object.values(kinds()).find((one) => one.is(label));
  const { boxes = [], points = [], spans = [], names = [] } = kind?.parts(label) ?? {};
  return [...boxes, ...points, ...spans].map((one) => one.label).concat(names.map(({ name }) => name));
}

/** How a label of one question is called among those of all. */
export const labelOf = (question: string, label: string): string => `${question}: ${label}`;

/** The same label with its answers in the order of the questions. */
export function inOrder(label: LabelJSON, questions: readonly Question[]): LabelJSON {
  if (typeof label !== "object" || !("answers" in label)) return label;
  const { answers } = label;
  const pairs = questions.filter(({ name }) => name in answers).map(({ name }) => [name, answers[name]]);
  return { answers: Object.fromEntries(pairs) as typeof answers };
}

/** What one question's answer is said about. */
export const aboutPart = (about: About, { labels }: { labels: readonly LabelName[] }): About => ({ ...about, labels, questions: [] });

/** The batch as if it asked one question only. */
export const batchOf = (batch: BatchInfo, { task, produces, labels }: Question): BatchInfo => ({ ...batch, task, produces, labels: [...labels], questions: [] });
