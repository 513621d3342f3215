import { defineConfig } from "vite";

import { compressed } from "./plugins/compressed.mjs";
import { icons } from "./plugins/icons.mjs";
import { licences } from "./plugins/licences.mjs";
import { noEval } from "./plugins/no-eval.mjs";

/** Every script that a page loads by name; one line adds one. */
const ENTRIES = {
  theme: "src/site/theme.ts",
  site: "src/site/main.ts",
  bench: "src/bench/main.tsx",
  viewer: "src/viewer/main.ts",
  requester: "src/requester/main.ts",
};

export default defineConfig({
  base: "/static/built/",
  plugins: [icons(), noEval(), licences(), compressed()],
  publicDir: false,
  build: {
    outDir: "../src/assay/entry/web/static/built",
    emptyOutDir: true,
    manifest: "manifest.json",
    sourcemap: false,
    target: "es2022",
    // The CSP allows no data: in fonts and styles; small files stay files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: ENTRIES },
  },
  server: { host: "127.0.0.1", port: 5173, strictPort: true, cors: { origin: /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/ } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
