/**
 * Builds one SVG file with a <symbol> for each icon named in icons.txt.
 * Pages use it as <svg class="icon"><use href="/static/built/icons.svg#name"></use></svg>.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

export function sprite() {
  const names = readFileSync(`${ROOT}/icons.txt`, "utf8").split(/\s+/).filter(Boolean);
  const symbols = names.map((name) => {
    const svg = readFileSync(`${ROOT}/node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8");
    const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/<path stroke="none"[^>]*>/, "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
}

/** The Vite plugin: icons.svg keeps its plain name, so that templates can point at it. */
export function icons() {
  return {
    name: "assay-icons",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "icons.svg", source: sprite() });
    },
    configureServer(server) {
      server.middlewares.use("/static/built/icons.svg", (_request, response) => {
        response.setHeader("Content-Type", "image/svg+xml");
        response.end(sprite());
      });
    },
  };
}
