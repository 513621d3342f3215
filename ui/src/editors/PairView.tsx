/** A prompt and its two responses, to look at. */
import type { Item } from "../api/types";
import { Columns, Text } from "./ItemView";
import { pairOf } from "./pair";

export function PairView({ item }: { item: Item }): React.ReactNode {
  const { prompt, first, second, others } = pairOf(item);
  return (
    <div className="bx-pair" data-surface tabIndex={-1}>
      <section className="bx-prompt"><h3>Prompt</h3><Text text={prompt} /></section>
      <section className="bx-response"><h3>First</h3><Text text={first} /></section>
      <section className="bx-response"><h3>Second</h3><Text text={second} /></section>
      {others.length > 0 && <Columns rows={others} />}
    </div>
  );
}
