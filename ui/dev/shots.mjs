/**
 * Looks at the bench in a real browser: `node dev/shots.mjs [folder] [name...]` with the mock server running.
 * Leaves a picture of each state at 1440, 1024 and 380 pixels, light and dark, and fails on console errors.
 */
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

import { BATCHES } from "./batches.mjs";

const [folder = "shots", ...wanted] = process.argv.slice(2);
const AT = process.env.MOCK ?? "http://127.0.0.1:8901";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const SIZES = (process.env.SIZES ?? "1440x900,1024x768,380x740").split(",").map((size) => size.split("x").map(Number));
const THEMES = (process.env.THEMES ?? "light,dark").split(",");

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const problems = [];
for (const name of wanted.length > 0 ? wanted : ["home", ...Object.keys(BATCHES)]) {
  for (const theme of THEMES) {
    for (const [width, height] of SIZES) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, hasTouch: width < 500 });
      const page = await context.newPage();
      page.on("console", (message) => message.type() === "error" && problems.push(`${name}: ${message.text()}`));
      page.on("pageerror", (error) => problems.push(`${name}: ${error.message}`));
      await page.goto(name === "home" ? AT : `${AT}/work/${name}`);
      if (name !== "home") await page.waitForSelector(".bx-submit, .bx-message");
      await page.waitForTimeout(400);
      if (width === 1440 && theme === "light" && name !== "home") await page.screenshot({ path: `${folder}/${name}-first.png` });
      await page.keyboard.press("Escape");
      await page.waitForTimeout(200);
      await page.screenshot({ path: `${folder}/${name}-${width}-${theme}.png` });
      await context.close();
    }
  }
}
await browser.close();
process.stdout.write([...new Set(problems)].join("\n") + "\n");
process.exitCode = problems.length > 0 ? 1 : 0;
