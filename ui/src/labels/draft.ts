/** An answer while it is being made: objects have ids, and remember whether they are still only suggested. */
import { offsets } from "./codepoints";
import type { Box, Carried, LabelJSON, Point, Produces, Span, Winner } from "./values";

export interface Held {
  id: number;
  suggested: boolean;
  /** The id that the object has in its label. */
  own?: string;
}
export type BoxObject = Omit<Box, "id"> & Held;
export type PointObject = Point & Held;
/** Offsets count UTF-16 units here. */
export type SpanObject = Omit<Span, "id"> & Held;

export type Draft =
  | { kind: "choice"; name: string | null }
  | { kind: "choices"; names: string[] | null }
  | { kind: "boxes"; objects: BoxObject[] }
  | { kind: "points"; objects: PointObject[] }
  | { kind: "spans"; objects: SpanObject[] }
  | { kind: "preference"; winner: Winner | null };

export type ObjectDraft = Extract<Draft, { objects: unknown }>;

/** `suggested`: what the label says is a proposal that nobody has accepted yet. */
export function toDraft(label: LabelJSON | null, kind: Produces, text: string, suggested: boolean): Draft {
  const held = <T extends object>(objects: readonly T[]): (Omit<T, "id"> & Held)[] =>
    objects.map((object, place) => {
      const { id: own, ...one } = object as T & { id?: string };
      return { ...one, ...(own ? { own } : {}), id: place + 1, suggested };
    });
  const object = label !== null && typeof label === "object" && !Array.isArray(label) ? label : null;
  switch (kind) {
    case "choice":
      return { kind, name: typeof label === "string" && !suggested ? label : null };
    case "choices":
      return { kind, names: Array.isArray(label) && !suggested ? label : null };
    case "preference":
      return { kind, winner: object && "winner" in object && !suggested ? object.winner : null };
    case "boxes":
      return { kind, objects: held(object && "boxes" in object ? object.boxes : []) };
    case "points":
      return { kind, objects: held(object && "points" in object ? object.points : []) };
    case "spans": {
      const { toUnit } = offsets(text);
      const spans = object && "spans" in object ? object.spans : [];
      return { kind, objects: held(spans.map((span) => ({ ...span, start: toUnit(span.start), end: toUnit(span.end) }))) };
    }
  }
}

/** The label that a draft says, or null while it says nothing. */
export function toLabel(draft: Draft, text: string): LabelJSON | null {
  switch (draft.kind) {
    case "choice":
      return draft.name;
    case "choices":
      return draft.names;
    case "preference":
      return draft.winner === null ? null : { winner: draft.winner };
    case "boxes":
      return { boxes: draft.objects.map(({ label, left, top, width, height, ...held }) => ({ label, left, top, width, height, ...carried(held) })) };
    case "points":
      return { points: draft.objects.map(({ label, x, y, visible }) => ({ label, x, y, visible })) };
    case "spans": {
      const { toCodePoint } = offsets(text);
      const spans = draft.objects.map(({ label, start, end, ...held }) => ({ label, start: toCodePoint(start), end: toCodePoint(end), ...carried(held) }));
      return { spans: spans.sort((a, b) => a.start - b.start || a.end - b.end || (a.label < b.label ? -1 : 1)) };
    }
  }
}

function carried({ attributes, own, group }: Pick<BoxObject, "attributes" | "own" | "group">): Carried {
  const said = attributes && Object.keys(attributes).length > 0 ? { attributes } : {};
  return { ...said, ...(own ? { id: own } : {}), ...(group ? { group } : {}) };
}

/** The same object once more: with an id of its own. */
export function again<O extends Held>(object: O, id: number): O {
  const copy = { ...object, id, suggested: false };
  delete copy.own;
  return copy;
}

export const nextId = (objects: readonly Held[]): number => Math.max(0, ...objects.map(({ id }) => id)) + 1;

export function suggestedCount(draft: Draft): number {
  return "objects" in draft ? draft.objects.filter(({ suggested }) => suggested).length : 0;
}

/** All suggested objects become the person's own. */
export function accepted(draft: Draft): Draft {
  if (!("objects" in draft) || suggestedCount(draft) === 0) return draft;
  return { ...draft, objects: draft.objects.map((one) => ({ ...one, suggested: false })) } as Draft;
}

export function isEmpty(draft: Draft): boolean {
  switch (draft.kind) {
    case "choice":
      return draft.name === null;
    case "preference":
      return draft.winner === null;
    case "choices":
      return draft.names === null || draft.names.length === 0;
    default:
      return draft.objects.length === 0;
  }
}
