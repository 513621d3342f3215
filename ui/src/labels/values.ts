/** Label values as the server spells them in JSON; what has to be known of each kind stands in `kinds/`. */
import { kindOf, kinds, type Labels } from "./kinds/kind";

/** A chosen option or a text, a number, a flag, several options. */
export type AttributeValue = string | number | boolean | string[];
export type Attributes = Readonly<Record<string, AttributeValue>>;
/** What an object carries beside place and label. */
export interface Carried {
  attributes?: Attributes;
  id?: string;
  group?: string;
}
export interface Box extends Carried {
  label: string;
  left: number;
  top: number;
  width: number;
  height: number;
}
export interface Point {
  label: string;
  x: number;
  y: number;
  visible: boolean;
}
/** Offsets count code points, `end` is the first one that is not part of it. */
export interface Span extends Carried {
  label: string;
  start: number;
  end: number;
}
export type Winner = "first" | "second" | "tie";

export type Produces = keyof Labels;
export type LabelJSON = Labels[Produces];

/** The value as one short sentence, for lists and screen readers. */
export function inWords(value: LabelJSON | null): string {
  return value === null ? "no label" : kinds()[kindOf(value)].words(value);
}

/** Reads what an attribute or a column holds; text that is no JSON is a choice. */
export function readLabel(text: string | null | undefined): LabelJSON | null {
  if (text === null || text === undefined || text === "") return null;
  try {
    const found: unknown = JSON.parse(text);
    return isLabel(found) ? found : text;
  } catch {
    return text;
  }
}

export function isLabel(found: unknown): found is LabelJSON {
  return Object.values(kinds()).some((kind) => kind.is(found));
}
