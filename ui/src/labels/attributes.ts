/** What objects carry beside place and label: shown, checked against the label's own schema, compared. */
import type { LabelAttribute, LabelName } from "../api/types";
import type { AttributeValue, Attributes } from "./values";

/** What these look at, of a label's object and of one that is being drawn alike. */
interface Saying {
  attributes?: Attributes;
}

export const attributesOf = (labels: readonly LabelName[], name: string): readonly LabelAttribute[] =>
  labels.find((label) => label.name === name)?.attributes ?? [];

/** The first required attribute that an object does not say. */
export function missing(object: Saying & { label: string }, labels: readonly LabelName[]): string | null {
  const said = object.attributes ?? {};
  return attributesOf(labels, object.label).find(({ name, required }) => required && said[name] === undefined)?.name ?? null;
}

/** The first object that lacks something, as a sentence; null where all are whole. */
export function incomplete(objects: readonly (Saying & { label: string })[], labels: readonly LabelName[]): string | null {
  for (const [place, object] of objects.entries()) {
    const name = missing(object, labels);
    if (name !== null) return `Object ${place + 1}, ${object.label}, does not say its ${name} yet.`;
  }
  return null;
}

/** With one attribute more, or without it where the value says nothing. */
export function withAttribute(said: Attributes | undefined, name: string, value: AttributeValue | null): Attributes {
  const others = Object.fromEntries(Object.entries(said ?? {}).filter(([other]) => other !== name));
  const empty = value === null || value === "" || (Array.isArray(value) && value.length === 0);
  return empty ? others : { ...others, [name]: value };
}

/** The same object under another label: it keeps what that label's objects may say too. */
export function relabelled<O extends Saying & { label: string }>(object: O, label: string, labels: readonly LabelName[]): O {
  const { attributes, ...rest } = object;
  const named = { ...rest, label } as O;
  if (!attributes) return named;
  const kept = Object.entries(attributes).filter(([name, value]) => attributesOf(labels, label).some((one) => one.name === name && fits(one, value)));
  return kept.length > 0 ? { ...named, attributes: Object.fromEntries(kept) } : named;
}

function fits({ kind, options }: LabelAttribute, value: AttributeValue): boolean {
  if (kind === "choice") return typeof value === "string" && options.includes(value);
  if (kind === "choices") return Array.isArray(value) && value.every((one) => options.includes(one));
  return typeof value === { number: "number", flag: "boolean", text: "string" }[kind];
}

/** "red, 3 doors, hidden": a flag by its name, a number with its name, the rest as it is said. */
export function inShort(said: Attributes | undefined): string {
  const words = Object.entries(said ?? {}).map(([name, value]) => {
    if (typeof value === "boolean") return value ? name : `not ${name}`;
    if (typeof value === "number") return `${name} ${value}`;
    return Array.isArray(value) ? value.join(" + ") : value;
  });
  return words.join(", ");
}

export function sameAttributes(a: Saying, b: Saying): boolean {
  const spelled = ({ attributes }: Saying): string =>
    JSON.stringify(Object.entries(attributes ?? {}).map(([name, value]) => [name, Array.isArray(value) ? [...value].sort() : value]).sort(([one], [other]) => (String(one) < String(other) ? -1 : 1)));
  return spelled(a) === spelled(b);
}
