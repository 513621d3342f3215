/** A form as it is posted: pairs of a field's name and a value, in the page's order. No page is needed to think about it. */

export type Form = readonly (readonly [name: string, value: string])[];

export function same(one: Form, other: Form): boolean {
  return one.length === other.length && one.every(([name, value], at) => other[at]?.[0] === name && other[at][1] === value);
}

export function valuesOf(form: Form, name: string): string[] {
  return form.filter(([found]) => found === name).map(([, value]) => value);
}

/** Names of the fields that a person knows as one: a label's name and its help are chosen together. */
export function namesOf(key: string): string[] {
  return key === "labels" ? ["label_name", "label_help"] : [key];
}

/** Whether the two forms say the same of what a person knows as one field. */
export function agreeOn(key: string, one: Form, other: Form): boolean {
  return namesOf(key).every((name) => JSON.stringify(valuesOf(one, name)) === JSON.stringify(valuesOf(other, name)));
}
