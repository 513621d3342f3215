/** Writes licences.txt: the licence of every package whose code is in the built files. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Packages that are in the build without a module of theirs: styles and pictures. */
const ALSO = ["node_modules/@tabler/core", "node_modules/@tabler/icons"];

export function licences() {
  return {
    name: "assay-licences",
    generateBundle() {
      const folders = new Set(ALSO.map((folder) => new URL(`../${folder}`, import.meta.url).pathname));
      for (const id of this.getModuleIds()) {
        const found = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replace(/^\0/, ""));
        if (found && existsSync(`${found[1]}/package.json`)) folders.add(found[1]);
      }
      const parts = [...folders].sort().map((folder) => {
        const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
        const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
        return `${name} ${version} (${license})\n\n${file ? readFileSync(`${folder}/${file}`, "utf8").trim() : "No licence text comes with the package."}\n`;
      });
      this.emitFile({ type: "asset", fileName: "licences.txt", source: [...new Set(parts)].join(`\n${"-".repeat(72)}\n\n`) });
    },
  };
}
