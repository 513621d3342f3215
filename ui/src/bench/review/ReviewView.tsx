/** The answers beside each other on the same item; the proposal first. Pick, mend, give a reason, comment. */
import { useRef, useState } from "react";

import type { BatchInfo, Region, Review, Task } from "../../api/types";
import { ItemView } from "../../editors/ItemView";
import { PairView } from "../../editors/PairView";
import { useBench } from "../context";
import { Keys, REVIEW, useKeys } from "../keys/use-keys";
import { Frame } from "../views/Frame";
import { Icon } from "../views/Icon";
import { isDrawn, mended, type Pick, type Work } from "../work";
import { AnswerCards } from "./AnswerCards";
import { CommentField } from "./CommentField";
import { ReasonField } from "./ReasonField";
import { RemarkList } from "./RemarkList";

interface Props {
  task: Task;
  review: Review;
  batch: BatchInfo;
  work: Work;
}

export function ReviewView({ task, review, batch, work }: Props): React.ReactNode {
  const { engine } = useBench();
  const [commenting, setCommenting] = useState<{ region: Region | null; quote: string } | null>(null);
  const stage = useRef<HTMLDivElement>(null);
  const pick = (next: Pick): void => engine.change((now) => ({ ...now, pick: next }));
  const mend = (): void => engine.change((now) => mended(now, task, batch));
  /** A region is dragged on a picture; of a text, what is selected is quoted. */
  const comment = (): void => setCommenting({ region: null, quote: quoted(stage.current) });

  useKeys(REVIEW, {
    on: {
      proposal: () => (review.proposal !== null ? pick("proposal") : false),
      mend,
      comment,
      escape: () => (commenting ? setCommenting(null) : false),
    },
    label: (place) => (review.answers[place] ? pick(place) : undefined),
  });

  const objects = isDrawn(batch);
  const cards = <AnswerCards task={task} review={review} batch={batch} work={work} onPick={pick} onItem={objects} commentable={commenting !== null} onRegion={(region) => setCommenting({ region, quote: "" })} />;
  return (
    <Frame
      stage={
        <div ref={stage} className={`bx-review ${objects ? "bx-review-grid" : ""}`} data-surface tabIndex={-1}>
          {objects ? cards : batch.produces === "preference" ? <PairView item={task.item} /> : <ItemView item={task.item} />}
        </div>
      }
    >
      <section className="bx-labels">
        <h2 className="bx-title">
          Answers
          <span className="text-secondary"> about {Math.round(review.risk * 100)} % risk that the proposal is wrong</span>
        </h2>
        {objects ? <AnswerCards task={task} review={review} batch={batch} work={work} onPick={pick} onItem={false} commentable={false} onRegion={() => undefined} /> : cards}
        <div className="btn-list mt-2">
          <button type="button" className="btn" onClick={mend}>
            <Icon name="pencil" /> Mend <Keys of="mend" />
          </button>
          <button type="button" className="btn" onClick={comment}>
            <Icon name="message" /> Comment <Keys of="comment" />
          </button>
        </div>
      </section>
      {commenting && (
        <CommentField
          key={JSON.stringify(commenting.region)}
          region={commenting.region}
          quote={commenting.quote}
          drags={objects && task.item.media !== null}
          onClose={() => setCommenting(null)}
          onAdd={(text) => {
            engine.change((now) => ({ ...now, remarks: [...now.remarks, { comment: text, region: commenting.region }] }));
            setCommenting(null);
          }}
        />
      )}
      <RemarkList review={review} work={work} />
      <ReasonField />
    </Frame>
  );
}

function quoted(root: HTMLElement | null): string {
  if (!root) return "";
  const selection = getSelection();
  const plain = selection && root.contains(selection.anchorNode) ? selection.toString() : "";
  // What is selected in a label viewer is known to its own tree only, where the browser tells it at all.
  const inside = [...root.querySelectorAll("assay-label")].map(({ shadowRoot }) => selectedIn(shadowRoot));
  return (plain || (inside.find(Boolean) ?? "")).replace(/\s+/g, " ").trim().slice(0, 200);
}

function selectedIn(tree: ShadowRoot | null): string {
  const teller = tree as { getSelection?: () => Selection | null } | null;
  return teller?.getSelection?.()?.toString() ?? "";
}
