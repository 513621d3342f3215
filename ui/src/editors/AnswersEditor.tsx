/** Several questions about one item: all of them listed, and the one at hand with its own editor. */
import { useEffect, useState } from "react";

import type { BatchInfo, Question, Task } from "../api/types";
import { BenchContext, useBench, type Bench } from "../bench/context";
import { EDITOR, Keys, useKeys } from "../bench/keys/use-keys";
import { AboveLabels } from "../bench/views/Frame";
import { Icon } from "../bench/views/Icon";
import { isAnswered, passed, questionAt, taskOf } from "../bench/work";
import type { Draft } from "../labels/draft";
import { saidIn, type AnswersDraft } from "../labels/kinds/answers";
import { batchOf } from "../labels/questions";
import { inWords } from "../labels/values";
import { editorOf, type Editor } from "./types";

/** One answer is all that these take: with it, the question is answered. */
const AT_ONCE: readonly Draft["kind"][] = ["choice", "preference"];

export const AnswersEditor = editorOf("answers", ({ task, batch, draft, set, banner }) => {
  const bench = useBench();
  const { engine, settings } = bench;
  const editors = useEditors(batch, bench.editorFor);
  const { open, at } = questionAt(draft, task, batch);
  const go = (name: string): void => {
    set({ ...draft, at: name }, "question");
    engine.say("");
  };
  const step = (by: 1 | -1): boolean => {
    const next = open[open.findIndex(({ name }) => name === at?.name) + by];
    if (next) go(next.name);
    return next !== undefined;
  };
  useKeys(EDITOR + 2, { on: { nextQuestion: () => step(1), previousQuestion: () => step(-1) } });

  const part = at && draft.parts[at.name];
  const Part = at && editors.get(at.name);
  if (!at || !part || !Part) return null;
  const say = (next: Draft, tag?: string): void => {
    const said = { ...draft, parts: { ...draft.parts, [at.name]: next } };
    if (!AT_ONCE.includes(next.kind)) return set(said, tag && `${tag}-${at.name}`);
    const done = passed(said, at.name, task, batch);
    set(done.draft);
    if (done.next) engine.say(`Next: ${done.next.ask}`);
    else if (settings.submitOnChoice && !task.review) engine.submit();
  };
  return (
    // A choice answers its question and not the whole item.
    <BenchContext value={{ ...bench, settings: { ...settings, submitOnChoice: false } }}>
      <AboveLabels value={<Questions draft={draft} task={task} batch={batch} open={open} at={at} onGo={go} />}>
        <Part key={at.name} task={taskOf(task, at.name)} batch={batchOf(batch, at)} draft={part} set={say} banner={banner} />
      </AboveLabels>
    </BenchContext>
  );
});

function useEditors(batch: BatchInfo, editorFor: Bench["editorFor"]): ReadonlyMap<string, Editor> {
  const [found, setFound] = useState<ReadonlyMap<string, Editor>>(new Map());
  useEffect(() => {
    let gone = false;
    void Promise.all(batch.questions.map(async (one) => [one.name, await editorFor(one)] as const)).then((pairs) => !gone && setFound(new Map(pairs)));
    return () => {
      gone = true;
    };
  }, [batch, editorFor]);
  return found;
}

interface Listed {
  draft: AnswersDraft;
  task: Task;
  batch: BatchInfo;
  open: readonly Question[];
  at: Question;
  onGo: (name: string) => void;
}

function Questions({ draft, task, batch, open, at, onGo }: Listed): React.ReactNode {
  const said = saidIn(draft, batch.questions, { text: task.item.text ?? "", labels: batch.labels, questions: batch.questions });
  const place = open.indexOf(at) + 1;
  return (
    <section className="bx-questions" aria-label="Questions">
      <h2 className="bx-title">
        Question {place} of {open.length}
        <span className="bx-question-steps">
          <button type="button" className="btn btn-icon btn-ghost-secondary bx-small" aria-label="Previous question" disabled={place === 1} onMouseDown={(event) => event.preventDefault()} onClick={() => onGo(open[place - 2]?.name ?? at.name)}>
            <Icon name="chevron-up" />
          </button>
          <button type="button" className="btn btn-icon btn-ghost-secondary bx-small" aria-label="Next question" disabled={place === open.length} onMouseDown={(event) => event.preventDefault()} onClick={() => onGo(open[place]?.name ?? at.name)}>
            <Icon name="chevron-down" />
          </button>
          <Keys of="nextQuestion" />
        </span>
      </h2>
      <ol>
        {open.map((one) => {
          const on = one.name === at.name;
          const answered = isAnswered(draft, one);
          const label = said[one.name] ?? null;
          return (
            <li key={one.name} className={`${on ? "bx-on" : ""} ${answered ? "bx-answered" : ""}`}>
              <button type="button" className="bx-question" aria-current={on ? "step" : undefined} data-plain-enter onMouseDown={(event) => event.preventDefault()} onClick={() => onGo(one.name)}>
                <i className="bx-tick" aria-hidden="true">{answered && <Icon name="check" />}</i>
                <span>
                  {one.ask}
                  {!one.required && <small> may be left out</small>}
                  {(answered || !on) && <small className="bx-question-said">{answered ? (label === null ? "left out" : inWords(label)) : "not answered yet"}</small>}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
