/** Any number of labels. */
import { useBench } from "../bench/context";
import { EDITOR, useKeys } from "../bench/keys/use-keys";
import { Frame } from "../bench/views/Frame";
import { LabelPanel } from "../bench/views/LabelPanel";
import { ItemView } from "./ItemView";
import { editorOf } from "./types";

export const ChoicesEditor = editorOf("choices", ({ task, batch, draft, set, banner }) => {
  const { engine } = useBench();
  const names = draft.names ?? [];
  const suggested = !task.review && draft.names === null && Array.isArray(task.suggestion) ? task.suggestion : [];
  const toggle = (name: string): void =>
    set({ kind: "choices", names: names.includes(name) ? names.filter((one) => one !== name) : [...names, name].sort() });
  useKeys(EDITOR, {
    on: {
      accept: () => {
        if (suggested.length === 0) return false;
        set({ kind: "choices", names: suggested });
        engine.say("The suggested labels are chosen.");
        return true;
      },
      deleteAll: () => set({ kind: "choices", names: [] }),
    },
  });
  return (
    <Frame stage={<ItemView item={task.item} />} banner={banner}>
      <LabelPanel labels={batch.labels} title="Labels, any number" mode="many" chosen={new Set(names)} suggested={new Set(suggested)} onPick={toggle} />
    </Frame>
  );
});
