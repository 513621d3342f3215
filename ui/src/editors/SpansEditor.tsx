/** Stretches of a text with labels. */
import { useState } from "react";

import { useBench } from "../bench/context";
import { EDITOR, useKeys } from "../bench/keys/use-keys";
import { AttributePanel } from "../bench/views/AttributePanel";
import { Frame } from "../bench/views/Frame";
import { LabelPanel } from "../bench/views/LabelPanel";
import { ObjectList } from "../bench/views/ObjectList";
import { ToolButton } from "../bench/views/ToolButton";
import { attributesOf, inShort, missing, relabelled } from "../labels/attributes";
import type { SpanObject } from "../labels/kinds/spans";
import { stretch, type Caret } from "../surfaces/text/caret";
import { TextSurface } from "../surfaces/text/TextSurface";
import { Columns } from "./ItemView";
import { editorOf } from "./types";
import { useObjects } from "./use-objects";

export const SpansEditor = editorOf("spans", ({ task, batch, draft, set, banner }) => {
  const { engine, settings, set: setSettings } = useBench();
  const text = task.item.text ?? "";
  const names = batch.labels.map(({ name }) => name);
  const only = names.length === 1 ? (names[0] ?? null) : null;
  /** With a label in hand, a selection is marked at once. */
  const [armed, setArmed] = useState<string | null>(only);
  const [pending, setPending] = useState<Caret | null>(null);
  const quote = ({ start, end }: { start: number; end: number }): string => {
    const said = text.slice(start, end).replace(/\s+/g, " ");
    return said.length > 60 ? `${said.slice(0, 59)}…` : said;
  };
  const describe = (span: SpanObject): string => `${span.label}: ${quote(span)}`;
  const change = (objects: SpanObject[], tag?: string): void => set({ kind: "spans", objects }, tag);
  const { selected, select, add, put, remove } = useObjects(draft.objects, change, describe);

  const mark = (caret: Caret, label: string): void => {
    const { start, end } = stretch(caret);
    setPending(null);
    const there = draft.objects.find((span) => span.start === start && span.end === end && span.label === label);
    if (there) return select(there.id);
    add((id) => ({ id, label, start, end, suggested: false }));
    engine.say(`Marked ${label}: ${quote({ start, end })}`);
  };
  const pick = (name: string): void => {
    if (pending) return mark(pending, name);
    if (selected) return put(relabelled(selected, name, batch.labels));
    const next = armed === name && !only ? null : name;
    setArmed(next);
    engine.say(next ? `${next} is in hand: what you select is marked at once. Esc lets it go.` : "");
  };
  const select1 = (id: number | null): void => {
    setPending(null);
    select(id);
  };

  useKeys(EDITOR + 1, {
    on: {
      escape: () => {
        if (pending) return setPending(null);
        if (selected || !armed || only) return false;
        return setArmed(null);
      },
    },
  });

  const extra = Object.entries(task.item.extra);
  const chosen = selected?.label ?? armed;
  return (
    <Frame
      banner={banner}
      stage={
        <TextSurface
          text={text}
          spans={draft.objects}
          labels={names}
          names={settings.names}
          selected={selected?.id ?? null}
          pending={pending}
          onPending={(caret, by) => {
            select(null);
            if (caret && by === "pointer" && armed) mark(caret, armed);
            else setPending(caret);
            if (caret && by === "keyboard") engine.say(quote(stretch(caret)));
          }}
          onSelect={select1}
        />
      }
      tools={
        <>
          <ToolButton action="hide" icon={settings.names ? "eye" : "eye-off"} onClick={() => setSettings({ names: !settings.names })} />
          <ToolButton action="undo" icon="arrow-back-up" onClick={engine.undo} />
          <ToolButton action="redo" icon="arrow-forward-up" onClick={engine.redo} />
          <ToolButton action="delete" icon="trash" disabled={!selected} onClick={() => selected && remove(selected.id)} />
        </>
      }
    >
      <LabelPanel labels={batch.labels} title={selected ? "Label of the selected span" : pending ? "Mark the selection as" : "Labels"} mode="tool" chosen={new Set(chosen ? [chosen] : [])} onPick={pick} />
      {selected && (
        <AttributePanel label={selected.label} attributes={attributesOf(batch.labels, selected.label)} said={selected.attributes} onSay={(attributes, tag) => put({ ...selected, attributes }, tag && `${tag}-${selected.id}`)} />
      )}
      <ObjectList objects={[...draft.objects].sort((a, b) => a.start - b.start)} labels={names} selected={selected?.id ?? null} describe={describe} brief={(span) => [quote(span), inShort(span.attributes)].filter(Boolean).join(" · ")} lacks={(span) => missing(span, batch.labels)} onSelect={select1} onDelete={remove} empty="Select words, then press a label's key." />
      {extra.length > 0 && <Columns rows={extra} />}
    </Frame>
  );
});
