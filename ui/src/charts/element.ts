/**
 * `<assay-chart>`: draws the JSON in its `spec` attribute, in a `<script type="application/json">` inside it, or behind
 * `data-url`. The page has the same figures as a table, so a chart that cannot be drawn loses nothing.
 */
import type { Drawn } from "./draw";
import { heightOf, readSpec, type Spec } from "./spec";

const near =
  typeof IntersectionObserver === "undefined"
    ? null
    : new IntersectionObserver(
        (entries) => {
          for (const { target, isIntersecting } of entries) if (isIntersecting && target instanceof AssayChart) void target.wake();
        },
        { rootMargin: "200px" },
      );

export class AssayChart extends HTMLElement {
  #box: HTMLElement | null = null;
  #spec: Spec | null = null;
  #drawn: Drawn | null = null;
  #sizes: ResizeObserver | null = null;
  #theme: MutationObserver | null = null;

  connectedCallback(): void {
    if (near) near.observe(this);
    else void this.wake();
  }
  disconnectedCallback(): void {
    near?.unobserve(this);
    this.#sizes?.disconnect();
    this.#theme?.disconnect();
    this.#drawn?.dispose();
    this.#drawn = null;
  }

  async wake(): Promise<void> {
    near?.unobserve(this);
    this.#spec ??= readSpec(await this.#text());
    if (!this.#spec || !this.isConnected) return;
    this.#box ??= this.appendChild(document.createElement("div"));
    this.#box.style.height = `${heightOf(this.#spec)}px`;
    await this.#draw();
    this.#sizes = new ResizeObserver(() => this.#drawn?.resize());
    this.#sizes.observe(this);
    this.#theme = new MutationObserver(() => void this.#draw());
    this.#theme.observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  }

  async #text(): Promise<string> {
    const given = this.getAttribute("spec") ?? this.querySelector('script[type="application/json"]')?.textContent;
    if (given) return given;
    const url = this.dataset["url"];
    if (!url) return "";
    const reply = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    return reply?.ok ? reply.text() : "";
  }

  async #draw(): Promise<void> {
    const { draw } = await import("./draw");
    if (!this.#spec || !this.#box || !this.isConnected) return;
    this.#drawn?.dispose();
    const style = getComputedStyle(this);
    const color = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
    const look = {
      font: style.fontFamily,
      text: style.color,
      soft: color("--tblr-secondary-color", style.color),
      line: color("--tblr-border-color", "#ccc"),
      surface: color("--tblr-bg-surface", "#fff"),
    };
    this.#drawn = draw(this.#box, this.#spec, look, matchMedia("(prefers-reduced-motion: reduce)").matches);
  }
}

export function defineCharts(): void {
  if (!customElements.get("assay-chart")) customElements.define("assay-chart", AssayChart);
}
