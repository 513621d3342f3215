/** Which of two responses is better. */
import { useBench } from "../bench/context";
import { EDITOR, useKeys } from "../bench/keys/use-keys";
import { Frame } from "../bench/views/Frame";
import { LabelPanel } from "../bench/views/LabelPanel";
import type { Winner } from "../labels/values";
import { Columns, ItemView, Text } from "./ItemView";
import { pairOf } from "./pair";
import { editorOf } from "./types";

const WINNERS: readonly [Winner, string][] = [["first", "First"], ["second", "Second"], ["tie", "Neither is better"]];

export const PreferenceEditor = editorOf("preference", ({ task, draft, set, banner }) => {
  const { engine, settings } = useBench();
  const { prompt, first, second, others } = pairOf(task.item);
  const pick = (winner: Winner): void => {
    set({ kind: "preference", winner });
    if (settings.submitOnChoice && !task.review) engine.submit();
  };
  useKeys(EDITOR, {
    arrow: ({ dx, dy }) => {
      if (dx === 0) return false;
      pick(dx < 0 ? "first" : "second");
      return dy === 0;
    },
  });
  const side = (winner: Winner, name: string, text: string): React.ReactNode => (
    <section className={`bx-response ${draft.winner === winner ? "bx-on" : ""}`}>
      <h3>
        {name}
        {draft.winner === winner && <span className="as-status as-status-ok ms-2">Chosen</span>}
      </h3>
      <Text text={text} />
      <button type="button" className={`btn ${draft.winner === winner ? "btn-primary" : ""}`} aria-pressed={draft.winner === winner} data-plain-enter onMouseDown={(event) => event.preventDefault()} onClick={() => pick(winner)}>
        {name} is better
      </button>
    </section>
  );
  return (
    <Frame
      banner={banner}
      stage={
        <div className="bx-pair" data-surface tabIndex={-1}>
          {task.item.media && <ItemView item={{ ...task.item, text: null, extra: {} }} />}
          <section className="bx-prompt">
            <h3>Prompt</h3>
            <Text text={prompt} />
          </section>
          {side("first", "First", first)}
          {side("second", "Second", second)}
          {others.length > 0 && <Columns rows={others} />}
        </div>
      }
    >
      <LabelPanel
        labels={WINNERS.map(([, name]) => ({ name, help: "" }))}
        title="Which is better?"
        mode="one"
        chosen={new Set(WINNERS.filter(([winner]) => winner === draft.winner).map(([, name]) => name))}
        onPick={(name) => pick(WINNERS.find(([, shown]) => shown === name)?.[0] ?? "tie")}
      />
    </Frame>
  );
});
