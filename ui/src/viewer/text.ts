/** Draws spans on a text. */
import { offsets } from "../labels/codepoints";
import { colorOf } from "../labels/colors";
import { paragraphs, pieces } from "../labels/segments";
import type { Span } from "../labels/values";
import type { Judged } from "./objects";

export function textWithSpans(text: string, spans: readonly Judged<Span>[], labels: readonly string[]): HTMLElement {
  const { toUnit } = offsets(text);
  const placed = spans.map((span) => ({ ...span, start: toUnit(span.start), end: toUnit(span.end) }));
  const box = document.createElement("div");
  box.className = "text";
  for (const paragraph of paragraphs(text)) {
    const line = document.createElement("p");
    line.dir = "auto";
    for (const piece of pieces(paragraph, placed)) {
      const said = text.slice(piece.start, piece.end);
      const top = piece.spans.at(-1);
      if (!top) {
        line.append(said);
        continue;
      }
      const mark = document.createElement("mark");
      mark.textContent = said;
      const there = piece.spans.filter(({ standing }) => standing !== "theirs");
      const shown = there.at(-1);
      if (shown) mark.style.backgroundColor = `color-mix(in srgb, ${colorOf(shown.label, labels)} 35%, transparent)`;
      mark.style.boxShadow = there.map((span, depth) => `0 ${2 + 3 * depth}px 0 ${colorOf(span.label, labels)}`).join(", ");
      const odd = piece.spans.find(({ standing }) => standing === "mine" || standing === "theirs");
      if (odd) mark.classList.add(odd.standing);
      if (piece.ending.length > 0) {
        mark.dataset["name"] = piece.ending.map(({ label, standing }) => (standing === "theirs" ? `missing: ${label}` : label)).join(", ");
      }
      line.append(mark);
    }
    box.append(line);
  }
  return box;
}
