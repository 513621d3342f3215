/** What pages load, in KiB of gzip: the site, and the bench with each task type. Fails beyond 400 KiB. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUILT = new URL("../../src/assay/entry/web/static/built/", import.meta.url);
const MOST = 400;
const manifest = JSON.parse(readFileSync(new URL("manifest.json", BUILT), "utf8"));

function files(name, found = new Set()) {
  const { file, css = [], imports = [] } = manifest[name];
  if (found.has(file)) return found;
  [file, ...css].forEach((one) => found.add(one));
  imports.forEach((one) => files(one, found));
  return found;
}
const size = (names) => names.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, BUILT)), { level: 9 }).length, 0) / 1024;
const row = (name, kib) => process.stdout.write(`${name.padEnd(44)}${kib.toFixed(1).padStart(8)} KiB\n`);

const site = ["src/site/theme.ts", "src/site/main.ts"];
const of = (...entries) => size([...new Set(entries.flatMap((entry) => [...files(entry)]))]);
row("site", of(...site));
row("site and label viewer", of(...site, "src/viewer/main.ts"));
for (const name of Object.keys(manifest).filter((one) => one.startsWith("src/tasktypes/"))) {
  const kib = of(...site, "src/bench/main.tsx", name);
  row(`site, bench and ${name.split("/")[2]}`, kib);
  if (kib > MOST) process.exitCode = 1;
}
