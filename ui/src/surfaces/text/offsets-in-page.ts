/** Between places in the page and offsets in the text; pieces carry `data-start`. */
import type { Stretch } from "../../labels/segments";

export function selectedOffsets(root: HTMLElement, selection: Selection): Stretch | null {
  const { anchorNode, focusNode } = selection;
  if (!anchorNode || !focusNode || !root.contains(anchorNode) || !root.contains(focusNode)) return null;
  const a = offsetOf(root, anchorNode, selection.anchorOffset);
  const b = offsetOf(root, focusNode, selection.focusOffset);
  return a === null || b === null ? null : { start: Math.min(a, b), end: Math.max(a, b) };
}

function offsetOf(root: HTMLElement, node: Node, offset: number): number | null {
  const piece = (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>("[data-start]");
  if (node instanceof Text && piece) return Number(piece.dataset["start"]) + offset;
  // Between elements: the start of what follows, or the end of what came before.
  const all = [...root.querySelectorAll<HTMLElement>("[data-start]")];
  const place = document.createRange();
  place.setStart(node, offset);
  const next = all.find((one) => place.comparePoint(one, 0) >= 0);
  if (next) return Number(next.dataset["start"]);
  const last = all.at(-1);
  return last ? Number(last.dataset["start"]) + last.textContent.length : null;
}

/** The offset at a place of the window; browsers call it by two names. */
export function offsetAt(root: HTMLElement, x: number, y: number): number | null {
  const page = document as Partial<Pick<Document, "caretPositionFromPoint" | "caretRangeFromPoint">>;
  const position = page.caretPositionFromPoint?.call(document, x, y);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the newer call is missing in browsers we support
  const range = position ? null : page.caretRangeFromPoint?.call(document, x, y);
  const node = position?.offsetNode ?? range?.startContainer;
  return node && root.contains(node) ? offsetOf(root, node, position?.offset ?? range?.startOffset ?? 0) : null;
}

/** The offset about one line above or below another, as the page is laid out now. */
export function lineAway(root: HTMLElement, offset: number, dy: number): number | null {
  const all = [...root.querySelectorAll<HTMLElement>("[data-start]")];
  const piece = all.findLast((one) => Number(one.dataset["start"]) <= offset) ?? all[0];
  const text = piece?.firstChild;
  if (!piece || !(text instanceof Text)) return null;
  const range = document.createRange();
  const within = Math.min(Math.max(0, offset - Number(piece.dataset["start"])), text.length);
  range.setStart(text, Math.max(0, within - 1));
  range.setEnd(text, within);
  const rect = range.getBoundingClientRect();
  const line = Number.parseFloat(getComputedStyle(root).lineHeight) || rect.height * 1.6;
  for (let lines = 1; lines < 5; lines++) {
    const [x, y] = [rect.right - 1, rect.top + rect.height / 2 + dy * lines * line];
    const place = offsetAt(root, x, y);
    if (place !== null && (dy > 0 ? place > offset : place < offset)) return place;
  }
  return null;
}
