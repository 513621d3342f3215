/** Label values as the server spells them in JSON. */

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

export type LabelJSON =
  | string
  | string[]
  | { boxes: Box[] }
  | { points: Point[] }
  | { spans: Span[] }
  | { winner: Winner };

export type Produces = "choice" | "choices" | "boxes" | "points" | "spans" | "preference";

export function producedBy(value: LabelJSON): Produces {
  if (typeof value === "string") return "choice";
  if (Array.isArray(value)) return "choices";
  if ("boxes" in value) return "boxes";
  if ("points" in value) return "points";
  if ("spans" in value) return "spans";
  return "preference";
}

/** The value as one short sentence, for lists and screen readers. */
export function inWords(value: LabelJSON | null): string {
  if (value === null) return "no label";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.length > 0 ? value.join(", ") : "none of the labels";
  if ("boxes" in value) return counted(value.boxes, "box", "boxes");
  if ("points" in value) return counted(value.points, "point", "points");
  if ("spans" in value) return counted(value.spans, "span", "spans");
  return { first: "the first is better", second: "the second is better", tie: "neither is better" }[value.winner];
}

function counted(objects: readonly { label: string }[], one: string, many: string): string {
  if (objects.length === 0) return `no ${many}`;
  const byLabel = new Map<string, number>();
  for (const { label } of objects) byLabel.set(label, (byLabel.get(label) ?? 0) + 1);
  const parts = [...byLabel].map(([label, count]) => (count > 1 ? `${count} × ${label}` : label));
  return `${objects.length} ${objects.length === 1 ? one : many}: ${parts.join(", ")}`;
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
  if (typeof found === "string") return true;
  if (Array.isArray(found)) return found.every((one) => typeof one === "string");
  if (typeof found !== "object" || found === null) return false;
  const held = found as Record<string, unknown>;
  return Array.isArray(held["boxes"]) || Array.isArray(held["points"]) || Array.isArray(held["spans"]) || typeof held["winner"] === "string";
}
