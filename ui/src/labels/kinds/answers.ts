/** Answers to several questions; a question that is not asked has none. */
import type { Question } from "../../api/types";
import { aboutPart, asked, labelOf, type Said } from "../questions";
import type { LabelJSON } from "../values";
import { kindOf, kinds, type Draft, type LabelKind, type Parts } from "./kind";

export interface AnswersDraft {
  kind: "answers";
  parts: Readonly<Record<string, Draft>>;
  /** The question that is being answered. */
  at: string;
  /** The questions that somebody went on from: what they said there is meant, nothing included. */
  passed: readonly string[];
}
export interface AnswersJSON {
  answers: Record<string, Exclude<LabelJSON, AnswersJSON>>;
}

declare module "./kind" {
  interface Labels {
    answers: AnswersJSON;
  }
  interface Drafts {
    answers: AnswersDraft;
  }
}

/** What is said so far to each question. */
export function saidIn({ parts }: AnswersDraft, questions: readonly Question[], about: Parameters<LabelKind<"answers">["toLabel"]>[1]): Said {
  return Object.fromEntries(
    questions.map((one) => {
      const part = parts[one.name];
      return [one.name, part ? kinds()[part.kind].toLabel(part, aboutPart(about, one)) : null];
    }),
  );
}

export const KIND: LabelKind<"answers"> = {
  produces: "answers",
  is: (found): found is AnswersJSON => {
    const answers = typeof found === "object" && found !== null ? (found as Record<string, unknown>)["answers"] : null;
    return typeof answers === "object" && answers !== null && !Array.isArray(answers);
  },
  words: ({ answers }) => Object.entries(answers).map(([name, said]) => labelOf(name, wordsOf(said))).join("; "),
  toDraft: (label, about, suggested) => ({
    kind: "answers",
    parts: Object.fromEntries(
      about.questions.map((one) => {
        const said = label?.answers[one.name] ?? null;
        return [one.name, kinds()[one.produces].toDraft(said, aboutPart(about, one), suggested)];
      }),
    ),
    at: about.questions[0]?.name ?? "",
    passed: suggested || label === null ? [] : Object.keys(label.answers),
  }),
  toLabel: (draft, about) => {
    const said = saidIn(draft, about.questions, about);
    const answers: AnswersJSON["answers"] = {};
    for (const one of asked(about.questions, said)) {
      const label = said[one.name];
      const part = draft.parts[one.name];
      const left = !one.required && part && kinds()[part.kind].isEmpty(part);
      if (label !== null && label !== undefined && !left) answers[one.name] = label as AnswersJSON["answers"][string];
    }
    return Object.keys(answers).length > 0 ? { answers } : null;
  },
  isEmpty: ({ parts }) => Object.values(parts).every((part) => kinds()[part.kind].isEmpty(part)),
  nothing: null,
  missing: "Answer a question first.",
  differences: (a, b) => {
    const names = new Set([...Object.keys(a.answers), ...Object.keys(b.answers)]);
    return [...names].reduce((sum, name) => sum + apart(a.answers[name], b.answers[name]), 0);
  },
  counted: true,
  parts: ({ answers }) => {
    const found: Parts = { boxes: [], points: [], spans: [], names: [] };
    for (const [name, said] of Object.entries(answers)) {
      const { boxes = [], points = [], spans = [], names = [] } = kinds()[kindOf(said)].parts(said);
      found.boxes.push(...boxes.map((one) => ({ ...one, label: labelOf(name, one.label) })));
      found.points.push(...points.map((one) => ({ ...one, label: labelOf(name, one.label) })));
      found.spans.push(...spans.map((one) => ({ ...one, label: labelOf(name, one.label) })));
      found.names.push(...names.map((one) => ({ name: labelOf(name, one.name) })));
    }
    return found;
  },
  drawn: true,
};

const wordsOf = (label: LabelJSON): string => kinds()[kindOf(label)].words(label);

function apart(a: LabelJSON | undefined, b: LabelJSON | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : 1;
  return kindOf(a) === kindOf(b) ? kinds()[kindOf(a)].differences(a, b) : 1;
}
