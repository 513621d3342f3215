/**
 * `<assay-label src label labels text alt compare commentable regions width height>`: a label drawn on its picture
 * or its text. It draws when it comes near the screen. Where `commentable` is set, dragging a rectangle on the
 * picture sends `assay-region` with {left, top, width, height} in image pixels.
 */
import { colorOf } from "../labels/colors";
import { between, cut, type Rect, type Size } from "../labels/geometry";
import { inWords, readLabel } from "../labels/values";
import { rectInImage, type Viewport } from "../labels/viewport";
import { drawn, type Drawn } from "./objects";
import { paintLabel } from "./picture";
import { sheet } from "./styles";
import { textWithSpans } from "./text";

const near =
  typeof IntersectionObserver === "undefined"
    ? null
    : new IntersectionObserver(
        (entries) => {
          for (const { target, isIntersecting } of entries) if (isIntersecting && target instanceof AssayLabel) target.wake();
        },
        { rootMargin: "300px" },
      );
/** So many objects tell what they carry; the bench shows the rest. */
const MOST_CARRIED = 24;
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) if (target instanceof AssayLabel) target.repaint();
});

export class AssayLabel extends HTMLElement {
  static observedAttributes = ["src", "label", "labels", "text", "alt", "compare", "commentable", "regions", "width", "height"];

  #root = this.attachShadow({ mode: "open" });
  #awake = false;
  #due = false;
  #image: HTMLImageElement | null = null;
  #canvas: HTMLCanvasElement | null = null;
  #view: Viewport | null = null;
  #dragged: Rect | null = null;

  connectedCallback(): void {
    this.#root.adoptedStyleSheets = [sheet];
    if (near) near.observe(this);
    else this.wake();
    sizes.observe(this);
  }
  disconnectedCallback(): void {
    near?.unobserve(this);
    sizes.unobserve(this);
  }
  attributeChangedCallback(name: string): void {
    if (!this.#awake) return;
    // A new label needs no new picture.
    if (this.#image && ["label", "labels", "compare", "regions"].includes(name)) this.#later(() => this.#redraw());
    else this.#later(() => this.#build());
  }

  wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    near?.unobserve(this);
    this.#build();
  }

  #later(run: () => void): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      run();
    });
  }

  get #size(): Size {
    const image = this.#image;
    return { width: image?.naturalWidth || Number(this.getAttribute("width")) || 1, height: image?.naturalHeight || Number(this.getAttribute("height")) || 1 };
  }
  get #names(): string[] {
    const found = readLabel(this.getAttribute("labels"));
    return Array.isArray(found) ? found : [];
  }
  get #drawn(): Drawn {
    const { width, height } = this.#size;
    return drawn(readLabel(this.getAttribute("label")), readLabel(this.getAttribute("compare")), Math.max(width, height));
  }

  #build(): void {
    const src = this.getAttribute("src");
    const text = this.getAttribute("text");
    const parts: Element[] = [];
    this.#image = this.#canvas = null;
    if (src) parts.push(this.#picture(src));
    else if (text !== null) parts.push(textWithSpans(text, this.#drawn.spans, this.#names));
    parts.push(this.#nameList());
    this.#root.replaceChildren(...parts);
    this.setAttribute("role", src ? "img" : "group");
    this.setAttribute("aria-label", [this.getAttribute("alt") ?? "", inWords(readLabel(this.getAttribute("label")))].filter(Boolean).join(": "));
    this.repaint();
  }

  #redraw(): void {
    this.#root.querySelector(".names")?.replaceWith(this.#nameList());
    this.repaint();
  }

  #nameList(): Element {
    const list = document.createElement("div");
    list.className = "names";
    for (const { name, standing } of this.#drawn.names) {
      const chip = document.createElement("span");
      chip.className = `name ${standing}`;
      const dot = document.createElement("i");
      dot.style.background = colorOf(name, this.#names);
      chip.append(dot, name);
      list.append(chip);
    }
    for (const { name, said, standing } of this.#drawn.carried.slice(0, MOST_CARRIED)) {
      const chip = document.createElement("span");
      chip.className = `name carried ${standing}`;
      const dot = document.createElement("i");
      dot.style.background = colorOf(name, this.#names);
      const more = document.createElement("small");
      more.textContent = said;
      chip.append(dot, name, more);
      list.append(chip);
    }
    return list;
  }

  #picture(src: string): Element {
    const box = document.createElement("div");
    box.className = "picture";
    const image = new Image();
    image.alt = "";
    image.decoding = "async";
    image.draggable = false;
    for (const side of ["width", "height"] as const) {
      const value = Number(this.getAttribute(side));
      if (value > 0) image[side] = value;
    }
    image.addEventListener("load", () => this.repaint());
    image.addEventListener("error", () => {
      const said = document.createElement("div");
      said.className = "failed";
      said.textContent = "The picture could not be loaded.";
      box.replaceChildren(said);
    });
    image.src = src;
    const canvas = document.createElement("canvas");
    box.append(image, canvas);
    this.#image = image;
    this.#canvas = canvas;
    if (this.hasAttribute("commentable")) this.#followDrags(box, canvas);
    return box;
  }

  repaint(): void {
    const [image, canvas] = [this.#image, this.#canvas];
    if (!image?.complete || image.naturalWidth === 0 || !canvas || canvas.clientWidth === 0) return;
    const given = this.#regions();
    const regions = this.#dragged ? [...given, this.#dragged] : given;
    this.#view = paintLabel(canvas, { label: this.#drawn, labels: this.#names, image: this.#size, regions });
    image.classList.toggle("coarse", this.#view.scale > 3);
  }

  #regions(): Rect[] {
    try {
      const found: unknown = JSON.parse(this.getAttribute("regions") ?? "[]");
      return Array.isArray(found) ? (found as Rect[]) : [];
    } catch {
      return [];
    }
  }

  #followDrags(box: HTMLElement, canvas: HTMLCanvasElement): void {
    box.classList.add("commentable");
    let from: { x: number; y: number } | null = null;
    const place = (event: PointerEvent): { x: number; y: number } => {
      const { left, top } = canvas.getBoundingClientRect();
      return { x: event.clientX - left, y: event.clientY - top };
    };
    const rect = (event: PointerEvent): Rect | null =>
      from && this.#view ? cut(rectInImage(this.#view, between(from, place(event))), this.#size) : null;
    box.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = place(event);
      box.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    box.addEventListener("pointermove", (event) => {
      if (!from) return;
      this.#dragged = rect(event);
      this.repaint();
    });
    const end = (event: PointerEvent): void => {
      const found = event.type === "pointerup" ? rect(event) : null;
      from = this.#dragged = null;
      this.repaint();
      if (!found || found.width * found.height < 4) return;
      const round = (value: number): number => Math.round(value * 10) / 10;
      const detail = { left: round(found.left), top: round(found.top), width: round(found.width), height: round(found.height) };
      this.dispatchEvent(new CustomEvent("assay-region", { bubbles: true, composed: true, detail }));
    };
    box.addEventListener("pointerup", end);
    box.addEventListener("pointercancel", end);
  }
}

export function defineViewer(): void {
  if (!customElements.get("assay-label")) customElements.define("assay-label", AssayLabel);
}
