/** Marked stretches of a text. While it is being made, offsets count UTF-16 units. */
import { incomplete } from "../attributes";
import { offsets } from "../codepoints";
import { likeSpans, matched } from "../matching";
import { carried, carriedToo, held, type Held } from "../objects";
import type { Span } from "../values";
import { counted, holdsList, type LabelKind } from "./kind";

export type SpanObject = Omit<Span, "id"> & Held;

declare module "./kind" {
  interface Labels {
    spans: { spans: Span[] };
  }
  interface Drafts {
    spans: { kind: "spans"; objects: SpanObject[] };
  }
}

export const KIND: LabelKind<"spans"> = {
  produces: "spans",
  is: (found): found is { spans: Span[] } => holdsList(found, "spans"),
  words: ({ spans }) => counted(spans, "span", "spans"),
  toDraft: (label, { text }, suggested) => {
    const { toUnit } = offsets(text);
    const spans = (label?.spans ?? []).map((span) => ({ ...span, start: toUnit(span.start), end: toUnit(span.end) }));
    return { kind: "spans", objects: held(spans, suggested) };
  },
  toLabel: ({ objects }, { text }) => {
    const { toCodePoint } = offsets(text);
    const spans = objects.map(({ label, start, end, ...more }) => ({ label, start: toCodePoint(start), end: toCodePoint(end), ...carried(more) }));
    return { spans: spans.sort((a, b) => a.start - b.start || a.end - b.end || (a.label < b.label ? -1 : 1)) };
  },
  isEmpty: ({ objects }) => objects.length === 0,
  nothing: { label: { spans: [] }, says: "There is nothing to mark" },
  missing: "",
  lacks: ({ objects }, { labels }) => incomplete(objects, labels),
  differences: (a, b) => carriedToo(matched(a.spans, b.spans, likeSpans)),
  counted: true,
  parts: ({ spans }) => ({ spans }),
  drawn: true,
};
