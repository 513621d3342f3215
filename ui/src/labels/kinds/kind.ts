/** What the pages have to know about a kind of label value: one row of a table, each in a file of its own beside this one. */
import type { LabelName, Question } from "../../api/types";
import type { Box, LabelJSON, Point, Produces, Span } from "../values";

/** The kinds by name, as JSON; each file adds its own. */
export interface Labels {
  choice: string;
}
/** The same while they are being said. */
export interface Drafts {
  choice: { kind: "choice"; name: string | null };
}
export type Draft = Drafts[keyof Drafts];

/** What a label is said about, and what may be said. */
export interface About {
  text: string;
  labels: readonly LabelName[];
  questions: readonly Question[];
}

/** What of a label is drawn on an item, or named beside it. */
export interface Parts {
  boxes: Box[];
  points: Point[];
  spans: Span[];
  names: { name: string }[];
}

export interface LabelKind<K extends Produces> {
  produces: K;
  is: (found: unknown) => found is Labels[K];
  /** One short sentence. */
  words: (label: Labels[K]) => string;
  /** `suggested`: what the label says is a proposal that nobody has accepted yet. */
  toDraft: (label: Labels[K] | null, about: About, suggested: boolean) => Drafts[K];
  /** The label that a draft says, null while it says nothing. */
  toLabel: (draft: Drafts[K], about: About) => Labels[K] | null;
  isEmpty: (draft: Drafts[K]) => boolean;
  /** What is said by whoever sends an empty draft; null where something has to be said, and the sentence that asks for it. */
  nothing: { label: Labels[K]; says: string } | null;
  missing: string;
  /** The draft that takes over a suggestion which is no draft yet, with what is said about it. */
  accept?: (draft: Drafts[K], suggestion: LabelJSON, about: About) => { draft: Drafts[K]; says: string } | null;
  /** What an otherwise whole draft still lacks. */
  lacks?: (draft: Drafts[K], about: About) => string | null;
  differences: (a: Labels[K], b: Labels[K]) => number;
  /** Whether several things may differ. */
  counted: boolean;
  parts: (label: Labels[K]) => Partial<Parts>;
  /** Whether it is drawn on the item, so that two of them are best seen beside each other. */
  drawn: boolean;
}

/** A row that takes the label or draft of any kind: whoever asks has looked which kind it is. */
export interface AnyKind {
  produces: Produces;
  is: (found: unknown) => boolean;
  words: (label: LabelJSON) => string;
  toDraft: (label: LabelJSON | null, about: About, suggested: boolean) => Draft;
  toLabel: (draft: Draft, about: About) => LabelJSON | null;
  isEmpty: (draft: Draft) => boolean;
  nothing: { label: LabelJSON; says: string } | null;
  missing: string;
  accept?: (draft: Draft, suggestion: LabelJSON, about: About) => { draft: Draft; says: string } | null;
  lacks?: (draft: Draft, about: About) => string | null;
  differences: (a: LabelJSON, b: LabelJSON) => number;
  counted: boolean;
  parts: (label: LabelJSON) => Partial<Parts>;
  drawn: boolean;
}

const FILES = import.meta.glob<{ KIND?: unknown }>(["./*.ts", "!./kind.ts"], { eager: true });
let table: Record<Produces, AnyKind> | null = null;

/** Every kind by its name. */
export function kinds(): Record<Produces, AnyKind> {
  table ??= Object.fromEntries(
    Object.values(FILES)
      .map(({ KIND }) => KIND as AnyKind | undefined)
      .filter((kind) => kind !== undefined)
      .map((kind) => [kind.produces, kind]),
  ) as Record<Produces, AnyKind>;
  return table;
}

export function kindOf(label: LabelJSON): Produces {
  return Object.values(kinds()).find((kind) => kind.is(label))?.produces ?? "choice";
}

/** An object with a key that holds a list: how most kinds are spelled. */
export function holdsList(found: unknown, key: string): boolean {
  return typeof found === "object" && found !== null && Array.isArray((found as Record<string, unknown>)[key]);
}

export function counted(objects: readonly { label: string }[], one: string, many: string): string {
  if (objects.length === 0) return `no ${many}`;
  const byLabel = new Map<string, number>();
  for (const { label } of objects) byLabel.set(label, (byLabel.get(label) ?? 0) + 1);
  const parts = [...byLabel].map(([label, count]) => (count > 1 ? `${count} × ${label}` : label));
  return `${objects.length} ${objects.length === 1 ? one : many}: ${parts.join(", ")}`;
}
