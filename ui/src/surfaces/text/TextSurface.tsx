/** A text on which spans are marked, by pointer and by keyboard. The text in the page is never changed. */
import { memo, useEffect, useMemo, useRef } from "react";

import type { Arrow } from "../../bench/keys/router";
import { EDITOR, useKeys } from "../../bench/keys/use-keys";
import { colorOf } from "../../labels/colors";
import type { SpanObject } from "../../labels/kinds/spans";
import { paragraphs, pieces, type Stretch } from "../../labels/segments";
import { byCharacter, byTap, byWord, stretch, type Caret } from "./caret";
import { lineAway, offsetAt, selectedOffsets } from "./offsets-in-page";
import { breaks, runsLeft, snappedToCharacters, snappedToWords, words } from "./words";

interface Props {
  text: string;
  spans: readonly SpanObject[];
  labels: readonly string[];
  names: boolean;
  selected: number | null;
  pending: Caret | null;
  onPending: (caret: Caret | null, by: "pointer" | "keyboard") => void;
  onSelect: (id: number | null) => void;
}

export function TextSurface({ text, spans, labels, names, selected, pending, onPending, onSelect }: Props): React.ReactNode {
  const element = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => paragraphs(text), [text]);
  const all = useMemo(() => words(text), [text]);
  const stops = useMemo(() => breaks(text), [text]);
  const marked = pending ? stretch(pending) : null;

  const arrow = ({ dx, dy, shift, ctrl, alt }: Arrow): boolean => {
    if (alt) return false;
    let next: Caret | null;
    if (dy !== 0) {
      const from = pending?.focus ?? 0;
      const place = element.current ? lineAway(element.current, from, dy) : null;
      const word = place === null ? undefined : all.find(({ end }) => end > place);
      next = word ? (shift && pending ? { ...pending, focus: word.end } : { anchor: word.start, focus: word.end }) : pending;
    } else {
      const line = lines.find(({ start, end }) => (pending?.focus ?? 0) >= start && (pending?.focus ?? 0) <= end);
      const left = line ? runsLeft(text.slice(line.start, line.end)) : false;
      const step = (dx > 0) === left ? -1 : 1;
      next = ctrl ? byCharacter(stops, pending, step, shift) : byWord(all, pending, step, shift);
    }
    onPending(next, "keyboard");
    return true;
  };
  useKeys(EDITOR, { arrow });

  useEffect(() => {
    if (marked) element.current?.querySelector(".bx-pending")?.scrollIntoView({ block: "nearest" });
  });

  const released = (event: React.PointerEvent): void => {
    const root = element.current;
    const selection = getSelection();
    if (!root || !selection || event.button > 0) return;
    const tapped = event.pointerType === "touch" && selection.isCollapsed ? offsetAt(root, event.clientX, event.clientY) : null;
    const found = tapped === null ? selectedOffsets(root, selection) : { start: tapped, end: tapped };
    if (!found) return;
    if (found.start === found.end) {
      const next = spanAt(spans, found.start, selected);
      if (next || tapped === null) onSelect(next?.id ?? null);
      else onPending(byTap(all, pending, tapped), "pointer");
      return;
    }
    const snapped = event.shiftKey ? snappedToCharacters(text, stops, found) : (snappedToWords(all, found) ?? snappedToCharacters(text, stops, found));
    selection.removeAllRanges();
    onPending(snapped ? { anchor: snapped.start, focus: snapped.end } : null, "pointer");
  };

  return (
    <div className="bx-surface bx-text" data-surface tabIndex={0} role="application" aria-label={`Text with ${spans.length} marked spans. Arrow keys choose words, a label's key marks them.`} onPointerUp={released}>
      <div className="bx-text-page" ref={element}>
        {lines.map((line) => (
          <Line
            key={line.start}
            text={text}
            line={line}
            spans={within(spans, line)}
            labels={labels}
            names={names}
            selected={selected}
            from={marked && marked.start < line.end && marked.end > line.start ? marked.start : -1}
            to={marked && marked.start < line.end && marked.end > line.start ? marked.end : -1}
          />
        ))}
      </div>
    </div>
  );
}

/** The smallest span over a place; clicking again goes to the next. */
function spanAt(spans: readonly SpanObject[], place: number, selected: number | null): SpanObject | undefined {
  const here = spans.filter(({ start, end }) => start <= place && end > place).sort((a, b) => a.end - a.start - (b.end - b.start));
  return here[(here.findIndex(({ id }) => id === selected) + 1) % Math.max(1, here.length)];
}

const within = (spans: readonly SpanObject[], line: Stretch): SpanObject[] =>
  spans.filter(({ start, end }) => start < line.end && end > line.start);

interface LineProps {
  text: string;
  line: Stretch;
  spans: SpanObject[];
  labels: readonly string[];
  names: boolean;
  selected: number | null;
  from: number;
  to: number;
}

const PENDING = -1;

const Line = memo(
  function Line({ text, line, spans, labels, names, selected, from, to }: LineProps) {
    const pending: SpanObject[] = from >= 0 ? [{ id: PENDING, label: "", start: from, end: to, suggested: false }] : [];
    return (
      <p dir="auto">
        {pieces(line, [...spans, ...pending]).map((piece) => {
          const real = piece.spans.filter(({ id }) => id !== PENDING);
          const top = real.at(-1);
          const ending = piece.ending.filter(({ id }) => id !== PENDING);
          const classes = [
            real.length > 0 ? "bx-span" : "",
            real.length < piece.spans.length ? "bx-pending" : "",
            real.some(({ id }) => id === selected) ? "bx-selected" : "",
            real.length > 0 && real.every(({ suggested }) => suggested) ? "bx-suggested" : "",
          ];
          return (
            <span
              key={piece.start}
              data-start={piece.start}
              className={classes.filter(Boolean).join(" ") || undefined}
              data-name={names && ending.length > 0 ? ending.map(({ label }) => label).join(", ") : undefined}
              style={
                top && {
                  backgroundColor: top.suggested ? undefined : `color-mix(in srgb, ${colorOf(top.label, labels)} 32%, transparent)`,
                  boxShadow: real.map((span, depth) => `0 ${2 + depth * 3}px 0 ${colorOf(span.label, labels)}`).join(", "),
                  outlineColor: colorOf(top.label, labels),
                }
              }
            >
              {text.slice(piece.start, piece.end)}
            </span>
          );
        })}
      </p>
    );
  },
  (a, b) =>
    a.text === b.text && a.line === b.line && a.labels === b.labels && a.names === b.names && a.from === b.from && a.to === b.to &&
    a.spans.length === b.spans.length && a.spans.every((span, at) => span === b.spans[at]) &&
    (a.selected === b.selected || ![...a.spans, ...b.spans].some(({ id }) => id === a.selected || id === b.selected)),
);
