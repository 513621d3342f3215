import { useContext } from "react";

import { useBench } from "../context";
import { cap } from "../keys/chords";
import { ACTIONS, actionsFor } from "../keys/presets";
import { Router } from "../keys/use-keys";
import { batchNow } from "../work";
import { Dialog } from "./Dialog";

const IMAGES: readonly (readonly [string, string])[] = [
  ["← ↑ ↓ →", "Move the selected object by 1 pixel; with Shift by 10"],
  ["Alt ←↑↓→", "Size the selected box"],
  ["Space + drag", "Move the picture; two fingers do it too"],
  ["Wheel", "Zoom where the pointer is"],
  ["Shift + drag", "Draw, even on the selected box"],
];
const TEXTS: readonly (readonly [string, string])[] = [
  ["← →", "Choose a word; with Shift more words"],
  ["Ctrl ← →", "By character"],
  ["↑ ↓", "The line above or below"],
  ["Shift + drag", "Select by character instead of whole words"],
];

export function KeysDialog({ onClose }: { onClose: () => void }): React.ReactNode {
  const { state } = useBench();
  const router = useContext(Router);
  const { batch, current } = state;
  const now = batch && current ? batchNow(current.history.present, current.task, batch) : batch;
  const produces = now?.produces;
  const more = produces === "boxes" || produces === "points" ? IMAGES : produces === "spans" ? TEXTS : [];
  const review = current?.task.review;
  const actions = produces ? actionsFor({ produces, picture: current?.task.item.media !== null, review: Boolean(review), several: batch?.produces === "answers" }) : [];
  const labels = router.labelKeys.filter(Boolean);
  return (
    <Dialog title="Keys" onClose={onClose} className="bx-wide">
      <dl className="bx-keys">
        {labels.length > 0 && <Row keys={labels.length > 1 ? `${labels[0] ?? ""} … ${labels.at(-1) ?? ""}` : (labels[0] ?? "")} says={review ? "Pick answer A, B, …; a label while mending" : "Choose a label"} />}
        {actions.map((action) => (
          <Row key={action} keys={router.capsOf(action).map(cap).join("  or  ")} says={ACTIONS[action]} />
        ))}
        {more.map(([keys, says]) => (
          <Row key={keys} keys={keys} says={says} />
        ))}
      </dl>
    </Dialog>
  );
}

function Row({ keys, says }: { keys: string; says: string }): React.ReactNode {
  return (
    <div>
      <dt>{keys.split("  or  ").map((one) => <kbd key={one}>{one}</kbd>)}</dt>
      <dd>{says}</dd>
    </div>
  );
}
