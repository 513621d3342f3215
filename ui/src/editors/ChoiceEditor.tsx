/** One label out of several. */
import { useBench } from "../bench/context";
import { Frame } from "../bench/views/Frame";
import { LabelPanel } from "../bench/views/LabelPanel";
import { ItemView } from "./ItemView";
import { editorOf, type DraftOf, type EditorProps } from "./types";

interface Props extends EditorProps<DraftOf<"choice">> {
  stage?: React.ReactNode;
  title?: string;
  /** Below the labels. */
  aside?: React.ReactNode;
}

export function ChoiceView({ task, batch, draft, set, banner, stage, title = "Label", aside }: Props): React.ReactNode {
  const { engine, settings } = useBench();
  const { suggestion } = task;
  const pick = (name: string): void => {
    set({ kind: "choice", name });
    if (settings.submitOnChoice && !task.review) engine.submit();
  };
  return (
    <Frame stage={stage ?? <ItemView item={task.item} />} banner={banner}>
      <LabelPanel
        labels={batch.labels}
        title={title}
        mode="one"
        chosen={new Set(draft.name === null ? [] : [draft.name])}
        suggested={new Set(typeof suggestion === "string" && !task.review ? [suggestion] : [])}
        onPick={pick}
      />
      {aside}
    </Frame>
  );
}

export const ChoiceEditor = editorOf("choice", ChoiceView);
