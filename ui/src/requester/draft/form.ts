/** A form as it is posted: pairs of a field's name and a value, in the page's order. No page is needed to think about it. */

export type Form = readonly (readonly [name: string, value: string])[];

export function same(one: Form, other: Form): boolean {
  return one.length === other.length && one.every(([name, value], at) => other[at]?.[0] === name && other[at][1] === value);
}

export function valuesOf(form: Form, name: string): string[] {
  return form.filter(([found]) => found === name).map(([, value]) => value);
}

/** The fields of each row of an editor; the first tells whether a form holds it. */
export const ROW_FIELDS: Readonly<Record<"label" | "question" | "attribute", readonly string[]>> = {
  label: ["label_name", "label_help"],
  question: ["name", "ask", "task", "labels", "when", "weight", "required"].map((name) => `question_${name}`),
  attribute: ["name", "kind", "options", "required", "help"].map((name) => `attribute_${name}`),
};
const ROWS: Readonly<Record<string, keyof typeof ROW_FIELDS>> = { labels: "label", questions: "question", attributes: "attribute" };

/** Names of the fields that a person knows as one: a label's name and its help are chosen together. */
export function namesOf(key: string): string[] {
  const row = ROWS[key];
  return row ? [...ROW_FIELDS[row]] : [key];
}

/** Whether the two forms say the same of what a person knows as one field. */
export function agreeOn(key: string, one: Form, other: Form): boolean {
  return namesOf(key).every((name) => JSON.stringify(valuesOf(one, name)) === JSON.stringify(valuesOf(other, name)));
}
