/** A rectangle drawn on `<assay-label commentable>` goes into the hidden fields of the remark's form. */

const SIDES = ["left", "top", "width", "height"] as const;

export function followRegions(): void {
  document.addEventListener("assay-region", (event) => {
    const form = document.getElementById("remark");
    if (!(form instanceof HTMLFormElement)) return;
    const drawn = (event as CustomEvent<Record<(typeof SIDES)[number], number>>).detail;
    for (const side of SIDES) {
      const field = form.elements.namedItem(side);
      if (field instanceof HTMLInputElement) field.value = String(drawn[side]);
    }
    const viewer = event.target;
    if (viewer instanceof HTMLElement) viewer.setAttribute("regions", JSON.stringify([drawn]));
    const said = document.getElementById("region-said");
    if (said) said.textContent = "The rectangle goes with your remark.";
    const comment = form.elements.namedItem("comment");
    if (comment instanceof HTMLTextAreaElement) comment.focus();
  });
}
