/** What editors of boxes, points and spans have in common: selecting, relabelling, deleting, accepting. */
import { useState } from "react";

import { useBench } from "../bench/context";
import { EDITOR, useKeys } from "../bench/keys/use-keys";
import { nextId, type Held } from "../labels/objects";

type Thing = Held & { label: string };

export interface Objects<O extends Thing> {
  selected: O | null;
  select: (id: number | null) => void;
  add: (make: (id: number) => O) => void;
  put: (object: O, tag?: string) => void;
  remove: (id: number) => void;
}

export function useObjects<O extends Thing>(
  objects: readonly O[],
  set: (objects: O[], tag?: string) => void,
  describe: (object: O) => string,
): Objects<O> {
  const { engine, settings, set: setSettings } = useBench();
  const [id, select] = useState<number | null>(null);
  const selected = objects.find((one) => one.id === id) ?? null;

  const put = (object: O, tag?: string): void =>
    set(objects.map((one) => (one.id === object.id ? { ...object, suggested: false } : one)), tag);
  const add = (make: (id: number) => O): void => {
    const made = make(nextId(objects));
    set([...objects, made]);
    select(made.id);
  };
  const remove = (gone: number): void => {
    const place = objects.findIndex((one) => one.id === gone);
    set(objects.filter((one) => one.id !== gone));
    if (gone === id) select(null);
    engine.say(`Deleted ${objects[place] ? describe(objects[place]) : "it"}.`);
  };
  /** From the last object one goes on to the next button: the focus is never trapped. */
  const cycle = (step: 1 | -1): boolean => {
    const place = objects.findIndex((one) => one.id === id);
    const next = place < 0 ? (step > 0 ? 0 : objects.length - 1) : place + step;
    const object = objects[next];
    select(object?.id ?? null);
    if (!object) return false;
    engine.say(`${next + 1} of ${objects.length}: ${describe(object)}`);
    return true;
  };

  useKeys(EDITOR, {
    on: {
      delete: () => (selected ? remove(selected.id) : false),
      deleteAll: () => {
        if (objects.length === 0) return false;
        set([]);
        engine.say("All objects are deleted. Undo brings them back.");
        return true;
      },
      escape: () => (selected ? select(null) : false),
      next: () => cycle(1),
      previous: () => cycle(-1),
      hide: () => setSettings({ names: !settings.names }),
      accept: () => {
        const open = objects.filter(({ suggested }) => suggested).length;
        if (open === 0) return false;
        set(objects.map((one) => ({ ...one, suggested: false })));
        engine.say(open === 1 ? "1 suggestion is accepted." : `${open} suggestions are accepted.`);
        return true;
      },
    },
  });
  return { selected, select, add, put, remove };
}
