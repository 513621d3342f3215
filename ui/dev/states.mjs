/** Pictures of the bench's states, at three widths, light and dark: `node dev/states.mjs [folder] [name]`, the mock running. */
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const [folder = "shots", only] = process.argv.slice(2);
const AT = process.env.MOCK ?? "http://127.0.0.1:8901";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const post = (path, body) => fetch(`${AT}/dev/${path}`, { method: "POST", body: JSON.stringify(body ?? {}) });
const fail = (status, path = "", more = {}) => post("fail", { status, times: 999, path, ...more });

const STATES = {
  offline: ["text_spans", async (page) => { await fail(0); await page.keyboard.press("Enter"); await page.waitForTimeout(500); }],
  kept: ["image_classification", async (page) => { await post("expire"); await page.keyboard.press("2"); await page.keyboard.press("Enter"); await page.waitForSelector(".bx-kept"); }],
  refused: ["image_boxes", async (page) => { await post("fail", { status: 422, times: 1, path: "submit", detail: "a box of 0 by 14 has no area." }); await page.keyboard.press("Enter"); await page.waitForSelector(".bx-notice-bad"); }],
  "signed-out": ["classification", async (page) => { await fail(401, "submit"); await page.keyboard.press("1"); await page.keyboard.press("Enter"); await page.waitForSelector(".bx-notice-bad"); }],
  error: ["classification", async (page) => { await fail(503); await page.reload(); await page.waitForSelector(".bx-message"); }],
  loading: ["image_boxes", async (page) => { await page.route("**/claim", () => undefined); await page.reload(); await page.waitForTimeout(500); }],
  skip: ["image_classification", (page) => page.keyboard.press("s")],
  settings: ["image_classification", (page) => page.keyboard.press(",")],
  keys: ["text_spans", (page) => page.keyboard.press("?")],
  pending: ["text_spans", async (page) => { for (let at = 0; at < 9; at++) await page.keyboard.press("ArrowRight"); await page.keyboard.press("Shift+ArrowRight"); }],
  rtl: ["text_spans", async (page) => { await page.keyboard.press("Enter"); await page.waitForTimeout(200); for (const key of ["ArrowLeft", "1", "ArrowLeft", "ArrowLeft", "Shift+ArrowLeft", "2"]) await page.keyboard.press(key); }],
  thai: ["text_spans", async (page) => { await page.keyboard.press("Enter"); await page.waitForTimeout(200); await page.keyboard.press("Enter"); await page.keyboard.press("Enter"); await page.waitForTimeout(300); for (const key of ["ArrowRight", "ArrowRight", "1"]) await page.keyboard.press(key); }],
  selected: ["image_boxes", async (page) => { await page.keyboard.press("Tab"); await page.keyboard.press("Tab"); await page.keyboard.press("ArrowRight"); }],
  mending: ["review_boxes", async (page) => { await page.keyboard.press("2"); await page.keyboard.press("m"); await page.waitForTimeout(400); }],
  commenting: ["review_boxes", async (page) => { await page.keyboard.press("c"); await page.waitForTimeout(300); }],
  "nothing-twice": ["text_classification_multi", (page) => page.keyboard.press("Enter")],
  paused: ["paused", async () => undefined],
};

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
for (const [name, [batch, act]] of Object.entries(STATES)) {
  if (only && name !== only) continue;
  for (const theme of (process.env.THEMES ?? "light,dark").split(",")) {
    for (const [width, height] of (process.env.SIZES ?? "1440x900,1024x768,380x740").split(",").map((size) => size.split("x").map(Number))) {
      await post("reset");
      const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, hasTouch: width < 500 });
      const page = await context.newPage();
      await page.goto(`${AT}/work/${batch}`);
      await page.waitForSelector(".bx-submit, .bx-message");
      await page.waitForTimeout(250);
      await page.keyboard.press("Escape");
      await act(page);
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${folder}/state-${name}-${width}-${theme}.png` });
      await context.close();
    }
  }
}
await post("reset");
await browser.close();
