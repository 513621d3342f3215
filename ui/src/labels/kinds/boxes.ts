/** Boxes around the objects in a picture. */
import { incomplete } from "../attributes";
import { likeBoxes, matched } from "../matching";
import { carried, carriedToo, held, type Held } from "../objects";
import type { Box } from "../values";
import { counted, holdsList, type LabelKind } from "./kind";

export type BoxObject = Omit<Box, "id"> & Held;

declare module "./kind" {
  interface Labels {
    boxes: { boxes: Box[] };
  }
  interface Drafts {
    boxes: { kind: "boxes"; objects: BoxObject[] };
  }
}

export const KIND: LabelKind<"boxes"> = {
  produces: "boxes",
  is: (found): found is { boxes: Box[] } => holdsList(found, "boxes"),
  words: ({ boxes }) => counted(boxes, "box", "boxes"),
  toDraft: (label, _, suggested) => ({ kind: "boxes", objects: held(label?.boxes ?? [], suggested) }),
  toLabel: ({ objects }) => ({ boxes: objects.map(({ label, left, top, width, height, ...more }) => ({ label, left, top, width, height, ...carried(more) })) }),
  isEmpty: ({ objects }) => objects.length === 0,
  nothing: { label: { boxes: [] }, says: "There is nothing to box" },
  missing: "",
  lacks: ({ objects }, { labels }) => incomplete(objects, labels),
  differences: (a, b) => carriedToo(matched(a.boxes, b.boxes, likeBoxes)),
  counted: true,
  parts: ({ boxes }) => ({ boxes }),
  drawn: true,
};
