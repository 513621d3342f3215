/** Objects of an answer while it is being made: they have ids, and remember whether they are still only suggested. */
import { sameAttributes } from "./attributes";
import type { Difference } from "./matching";
import type { Attributes, Carried } from "./values";

export interface Held {
  id: number;
  suggested: boolean;
  /** The id that the object has in its label. */
  own?: string;
}

export function held<T extends object>(objects: readonly T[], suggested: boolean): (Omit<T, "id"> & Held)[] {
  return objects.map((object, place) => {
    const { id: own, ...one } = object as T & { id?: string };
    return { ...one, ...(own ? { own } : {}), id: place + 1, suggested };
  });
}

export function carried({ attributes, own, group }: { attributes?: Attributes; own?: string; group?: string }): Carried {
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

export function size({ mine, theirs }: Difference<unknown>): number {
  return mine.length + theirs.length;
}

/** What is on one side alone, and the same things that carry something else. */
export function carriedToo<T extends Carried>(found: Difference<T>): number {
  return size(found) + found.same.filter(([one, other]) => !sameAttributes(one, other)).length;
}
