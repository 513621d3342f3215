import type { Review } from "../../api/types";
import { useBench } from "../context";
import { REVIEW, useKeys } from "../keys/use-keys";
import { Icon } from "../views/Icon";
import { ReasonField } from "./ReasonField";

/** Above an editor in a review: how to get back to the answers, and the reason. */
export function MendBanner({ review }: { review: Review }): React.ReactNode {
  const { engine } = useBench();
  const some = review.proposal !== null || review.answers.length > 0;
  const back = (): void => engine.change((work) => ({ ...work, pick: review.proposal !== null ? "proposal" : 0 }));
  // Escape first lets go of what is selected; the editor's handlers come before this one.
  useKeys(REVIEW - 15, { on: { escape: () => (some ? back() : false) } });
  return (
    <div className="bx-banner bx-mending">
      {some && (
        <button type="button" className="btn btn-sm" onClick={back}>
          <Icon name="arrow-left" /> Back to the answers
        </button>
      )}
      <span>You are mending: this label will be the decision.</span>
      <ReasonField />
    </div>
  );
}
