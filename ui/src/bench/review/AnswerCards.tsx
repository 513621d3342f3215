/** The proposal and every answer as a card; with objects drawn on the item, and what differs from the proposal marked. */
import { useContext, useEffect, useRef } from "react";

import { isRectangle, type BatchInfo, type Region, type Review, type Task } from "../../api/types";
import { differences } from "../../labels/compare";
import { kinds } from "../../labels/kinds/kind";
import { inOrder } from "../../labels/questions";
import { inWords, type LabelJSON } from "../../labels/values";
import { defineViewer } from "../../viewer/element";
import { cap } from "../keys/chords";
import { Router } from "../keys/use-keys";
import type { Pick, Work } from "../work";

defineViewer();

interface Props {
  task: Task;
  review: Review;
  batch: BatchInfo;
  work: Work;
  onPick: (pick: Pick) => void;
  /** Drawn on the item, or only said in words. */
  onItem: boolean;
  commentable: boolean;
  onRegion: (region: Region) => void;
}

interface Card {
  pick: Pick;
  name: string;
  keycap: string;
  label: LabelJSON;
}

export function AnswerCards({ task, review, batch, work, onPick, onItem, commentable, onRegion }: Props): React.ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const router = useContext(Router);
  const keys = router.labelKeys;
  useEffect(() => {
    const target = box.current;
    const hear = (event: Event): void => onRegion((event as CustomEvent<Region>).detail);
    target?.addEventListener("assay-region", hear);
    return () => target?.removeEventListener("assay-region", hear);
  }, [onRegion]);

  const { questions } = batch;
  const cards: Card[] = review.answers.map(({ who, label }, place) => ({ pick: place, name: who, keycap: cap(keys[place] ?? ""), label: inOrder(label, questions) }));
  if (review.proposal !== null) cards.unshift({ pick: "proposal", name: "Proposal", keycap: cap(router.capsOf("proposal")[0] ?? ""), label: inOrder(review.proposal, questions) });
  const regions = JSON.stringify([...review.remarks, ...work.remarks].map(({ region }) => region).filter(isRectangle));
  const labels = JSON.stringify(batch.labels.map(({ name }) => name));
  const { counted } = kinds()[batch.produces];
  const { media, text } = task.item;
  return (
    <div ref={box} className={onItem ? "bx-cards" : "bx-rows"} role="radiogroup" aria-label="Answers">
      {cards.map((card) => {
        const on = work.pick === card.pick;
        const odd = review.proposal === null || card.pick === "proposal" ? 0 : differences(card.label, review.proposal);
        const says = card.pick === "proposal" || review.proposal === null ? "" : odd === 0 ? "same" : !counted ? "differs" : odd === 1 ? "1 difference" : `${odd} differences`;
        const head = (
          <span className="bx-card-head">
            {card.keycap && <kbd aria-hidden="true">{card.keycap}</kbd>}
            <strong>{card.name}</strong>
            {says && <small className={odd > 0 ? "bx-odd" : "text-secondary"}>{says}</small>}
          </span>
        );
        if (!onItem) {
          return (
            <button key={card.name} type="button" role="radio" aria-checked={on} className={`bx-row-answer ${on ? "bx-on" : ""}`} data-plain-enter onMouseDown={(event) => event.preventDefault()} onClick={() => onPick(card.pick)}>
              {head}
              <span>{inWords(card.label)}</span>
            </button>
          );
        }
        return (
          <div key={card.name} className={`bx-card ${on ? "bx-on" : ""}`} onClick={() => !commentable && onPick(card.pick)}>
            {head}
            <assay-label
              class="bx-viewer"
              {...(media ? { src: media.url } : { text: text ?? "" })}
              label={JSON.stringify(card.label)}
              labels={labels}
              compare={card.pick === "proposal" || review.proposal === null ? undefined : JSON.stringify(review.proposal)}
              alt={card.name}
              regions={regions}
              commentable={commentable && media !== null}
            />
          </div>
        );
      })}
    </div>
  );
}
