/**
 * Works at the bench as a person would, in a real browser: `node dev/journey.mjs` with the mock server running.
 * Each step says what it expects; the first that fails ends it.
 */
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const AT = process.env.MOCK ?? "http://127.0.0.1:8901";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const problems = [];
const only = process.argv[2];

async function open(name, context, { read = true } = {}) {
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && !/Failed to load resource/.test(message.text()) && problems.push(`${name}: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`${name}: ${error.message}`));
  await page.goto(`${AT}/work/${name}`);
  await page.waitForSelector(".bx-submit, .bx-message");
  await page.waitForTimeout(250);
  if (read && (await page.locator("dialog[open]").count())) await page.keyboard.press("Escape");
  return page;
}
const answers = async (name) => (await (await fetch(`${AT}/dev/state`)).json())[name]?.answers ?? [];
const fail = (body) => fetch(`${AT}/dev/fail`, { method: "POST", body: JSON.stringify(body) });
const quiet = (page) => page.waitForFunction(() => /Saved/.test(document.querySelector(".bx-save")?.textContent ?? ""), null, { timeout: 20_000 });

async function step(name, run) {
  if (only && !name.includes(only)) return;
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await fetch(`${AT}/dev/reset`, { method: "POST" });
  try {
    await run(context);
    process.stdout.write(`ok   ${name}\n`);
  } catch (error) {
    process.stdout.write(`FAIL ${name}\n${error.stack}\n`);
    process.exitCode = 1;
  }
  await context.close();
}

await step("a label key and Enter submit, and the next item is there in the same frame", async (context) => {
  const page = await open("image_classification", context);
  await fail({ status: 503, times: 1, path: "submit" });
  await page.keyboard.press("2");
  const before = await page.locator(".bx-image img").getAttribute("src");
  const frames = await page.evaluate(async () => {
    const was = document.querySelector(".bx-image img").src;
    dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true }));
    let count = 0;
    while (document.querySelector(".bx-image img")?.src === was || !document.querySelector(".bx-image img")) {
      await new Promise(requestAnimationFrame);
      if (++count > 60) break;
    }
    return count;
  });
  assert.ok(frames <= 1, `the next item took ${frames} frames`);
  assert.notEqual(await page.locator(".bx-image img").getAttribute("src"), before);
  assert.match(await page.locator(".bx-save").textContent(), /Sending 1|busy/);
  await quiet(page);
  const [answer] = await answers("image_classification");
  assert.equal(answer.label, "jar");
  assert.ok(answer.seconds > 0 && answer.seconds < 30);
});

await step("boxes are drawn, named, moved, undone and deleted; suggestions are kept", async (context) => {
  const page = await open("image_boxes", context);
  const { x, y, width, height } = await page.locator(".bx-image").boundingBox();
  await page.mouse.move(x + width * 0.5, y + height * 0.6);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.6, y + height * 0.7, { steps: 5 });
  await page.mouse.up();
  assert.equal(await page.locator(".bx-objects li").count(), 7);
  await page.keyboard.press("3");
  assert.match(await page.locator(".bx-objects li.bx-on").textContent(), /^carton/);
  for (let turn = 0; turn < 3; turn++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+Shift+z");
  await page.keyboard.press("n");
  assert.equal(await page.locator(".bx-objects li").count(), 8);
  await page.keyboard.press("Alt+Shift+ArrowDown");
  await page.keyboard.press("Delete");
  assert.equal(await page.locator(".bx-objects li").count(), 7);
  await page.keyboard.press("Enter");
  await quiet(page);
  const [answer] = await answers("image_boxes");
  assert.equal(answer.label.boxes.length, 7);
  assert.deepEqual(Object.keys(answer.label.boxes[6]), ["label", "left", "top", "width", "height"]);
  assert.equal(answer.label.boxes[6].label, "carton");
});

await step("Tab cycles objects and then leaves the picture", async (context) => {
  const page = await open("image_boxes", context);
  for (let turn = 0; turn < 6; turn++) await page.keyboard.press("Tab");
  assert.match(await page.locator(".bx-says").textContent(), /^6 of 6/);
  await page.keyboard.press("Tab");
  const focus = await page.evaluate(() => document.activeElement?.tagName);
  assert.notEqual(focus, "BODY");
});

await step("spans are marked by mouse and by keyboard, in code points", async (context) => {
  const page = await open("text_spans", context);
  await page.keyboard.press("Enter"); // the first text: all suggestions
  await page.waitForFunction(() => document.querySelector(".bx-text-page")?.textContent.includes("שלום"));
  await page.keyboard.press("ArrowLeft"); // Hebrew runs to the left: forward
  await page.keyboard.press("ArrowLeft"); // the globe
  await page.keyboard.press("2");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await page.locator(".bx-objects li").count(), 1);
  const line = page.locator(".bx-text-page p").nth(1);
  const box = await line.boundingBox();
  await page.mouse.dblclick(box.x + box.width - 30, box.y + box.height / 2);
  await page.keyboard.press("1");
  assert.equal(await page.locator(".bx-objects li").count(), 2);
  await page.keyboard.press("Enter");
  await quiet(page);
  const [first, second] = await answers("text_spans");
  assert.deepEqual(first.label.spans.map(({ label }) => label), ["person", "person", "date"]);
  const text = [..."שלום 🌍! עדה לאבלייס נולדה בלונדון בשנת 1815.\nمرحبا من القاهرة، كتبت Ada البرنامج الأول."];
  assert.deepEqual(second.label.spans.map(({ start, end }) => text.slice(start, end).join("")), ["🌍", "مرحبا"]);
});

await step("a draft comes back after the page is loaded again", async (context) => {
  const page = await open("text_classification_multi", context);
  await page.keyboard.press("1");
  await page.keyboard.press("3");
  await page.waitForTimeout(400);
  await page.reload();
  await page.waitForSelector(".bx-label.bx-on");
  assert.equal(await page.locator(".bx-label.bx-on").count(), 2);
  assert.match(await page.locator(".bx-notices").textContent(), /draft of this item is back/);
});

await step("offline answers are kept, and sent once when the network is back, also by another life of the page", async (context) => {
  const page = await open("image_classification_multi", context);
  await fail({ status: 0, times: 1000, path: "" });
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await page.keyboard.press("2");
  await page.waitForFunction(() => /kept here/.test(document.querySelector(".bx-save")?.textContent ?? ""));
  await page.waitForTimeout(300);
  page.on("dialog", (dialog) => dialog.accept());
  await page.reload();
  await page.waitForSelector(".bx-message, .bx-submit");
  await fail({ status: 0, times: 0 });
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.waitForSelector(".bx-label.bx-on");
  await quiet(page);
  assert.deepEqual((await answers("image_classification_multi")).map(({ label }) => label), [["tin"]]);
});

await step("an answer whose item is gone is kept and can be copied", async (context) => {
  const page = await open("text_classification", context);
  await fetch(`${AT}/dev/expire`, { method: "POST" });
  await page.keyboard.press("4");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".bx-kept");
  assert.match(await page.locator(".bx-notices").textContent(), /went to somebody else.*returns/s);
  await page.locator(".bx-notices >> text=Dismiss").click();
  assert.equal(await page.locator(".bx-kept").count(), 0);
});

await step("a refused label comes back with its reason", async (context) => {
  const page = await open("classification", context);
  await fail({ status: 422, times: 1, path: "submit", detail: "'same product' is none of the labels." });
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".bx-notice-bad");
  assert.equal(await page.locator(".bx-label.bx-on").count(), 1);
  await page.keyboard.press("2");
  await page.keyboard.press("Enter");
  await quiet(page);
  assert.deepEqual((await answers("classification")).map(({ label }) => label), ["other product"]);
});

await step("signed out says so and keeps the answer", async (context) => {
  const page = await open("classification", context);
  await fail({ status: 401, times: 99, path: "submit" });
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await page.waitForSelector("text=You are signed out");
  await fail({ status: 401, times: 0 });
  page.on("dialog", (dialog) => dialog.accept());
  await page.reload();
  await page.waitForSelector(".bx-submit");
  await quiet(page);
  assert.equal((await answers("classification")).length, 1);
});

await step("only one tab works on a batch", async (context) => {
  const first = await open("image_classification", context);
  await first.keyboard.press("3");
  const second = await open("image_classification", context);
  await second.waitForSelector("text=in another tab");
  await second.click("text=Work here");
  await second.waitForSelector(".bx-label.bx-on");
  await first.waitForSelector("text=in another tab");
});

await step("skipping asks why, by keyboard", async (context) => {
  const page = await open("label_verification", context);
  await page.keyboard.press("s");
  await page.waitForSelector("dialog[open]");
  await page.keyboard.press("2");
  await quiet(page);
  assert.equal(await page.locator("dialog[open]").count(), 0);
  await page.keyboard.press("1");
  await page.keyboard.press("Control+Enter");
  await quiet(page);
  assert.equal((await answers("label_verification")).length, 1);
});

await step("a review picks, mends, gives reasons and comments on a region", async (context) => {
  const page = await open("review_boxes", context);
  await page.keyboard.press("3");
  await page.keyboard.press("c");
  const card = await page.locator(".bx-card assay-label").nth(1).boundingBox();
  await page.mouse.move(card.x + 60, card.y + 60);
  await page.mouse.down();
  await page.mouse.move(card.x + 130, card.y + 110, { steps: 4 });
  await page.mouse.up();
  await page.waitForSelector("text=On the region");
  await page.keyboard.type("Too wide.");
  await page.keyboard.press("Enter");
  await page.keyboard.press("r");
  await page.keyboard.type("The two bottles are there.");
  await page.keyboard.press("Escape");
  await page.keyboard.press("m");
  await page.waitForSelector("text=You are mending");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Delete");
  await page.keyboard.press("Enter");
  await quiet(page);
  const [answer] = await answers("review_boxes");
  assert.equal(answer.label.boxes.length, 4);
  assert.equal(answer.reason, "The two bottles are there.");
  assert.equal(answer.remarks[0].comment, "Too wide.");
  assert.ok(answer.remarks[0].region.width > 10);
});

await step("a review of a choice: a accepts the proposal", async (context) => {
  const page = await open("review_choice", context);
  await page.keyboard.press("2");
  await page.keyboard.press("a");
  await page.keyboard.press("Enter");
  await quiet(page);
  assert.equal((await answers("review_choice"))[0].label, "jar");
});

await step("1,500 boxes pan and zoom smoothly", async (context) => {
  const page = await open("many_boxes", context);
  const { x, y, width, height } = await page.locator(".bx-image").boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  const slow = page.evaluate(async () => {
    let worst = 0;
    let last = performance.now();
    for (let count = 0; count < 40; count++) {
      await new Promise(requestAnimationFrame);
      worst = Math.max(worst, performance.now() - last);
      last = performance.now();
    }
    return worst;
  });
  for (let turn = 0; turn < 12; turn++) await page.mouse.wheel(0, -60);
  process.stdout.write(`     slowest frame ${Math.round(await slow)} ms\n`);
});

await step("settings change the keys", async (context) => {
  const page = await open("image_classification", context);
  await page.keyboard.press(",");
  await page.click("text=CVAT");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+3");
  assert.match(await page.locator(".bx-label.bx-on").textContent(), /carton/);
  await page.keyboard.press("?");
  await page.waitForSelector(".bx-keys");
});

await step("fingers draw boxes and take words", async (context) => {
  const phone = await browser.newContext({ viewport: { width: 380, height: 740 }, hasTouch: true, isMobile: true });
  const page = await open("image_boxes", phone);
  const { x, y, width, height } = await page.locator(".bx-image").boundingBox();
  const client = await phone.newCDPSession(page);
  const touch = (type, points) => client.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([dx, dy], id) => ({ x: x + width * dx, y: y + height * dy, id })) });
  await touch("touchStart", [[0.3, 0.5]]);
  for (let at = 1; at <= 5; at++) await touch("touchMove", [[0.3 + at * 0.05, 0.5 + at * 0.03]]);
  await touch("touchEnd", []);
  assert.equal(await page.locator(".bx-objects li").count(), 7);
  await touch("touchStart", [[0.3, 0.5], [0.6, 0.5]]);
  for (let at = 1; at <= 5; at++) await touch("touchMove", [[0.3 - at * 0.03, 0.5], [0.6 + at * 0.03, 0.5]]);
  await touch("touchEnd", []);
  assert.equal(await page.locator(".bx-objects li").count(), 7);
  const text = await open("text_spans", phone);
  const word = await text.locator(".bx-text-page p").nth(1).boundingBox();
  await text.touchscreen.tap(word.x + 20, word.y + 20);
  await text.touchscreen.tap(word.x + 60, word.y + 20);
  await text.locator(".bx-label").nth(3).tap();
  assert.match(await text.locator(".bx-objects").textContent(), /organisation She lived/);
  await phone.close();
});

await step("words of a text can be quoted in a comment", async (context) => {
  const page = await open("review_spans", context);
  const { x, y } = await page.locator(".bx-card assay-label").first().boundingBox();
  await page.mouse.dblclick(x + 20, y + 15);
  await page.keyboard.press("c");
  await page.waitForSelector("text=On “Ada”");
});

await step("files are uploaded in groups and refusals are listed", async (context) => {
  const page = await context.newPage();
  await page.goto(AT);
  const files = Array.from({ length: 90 }, (_, at) => ({ name: `pic-${at}.${at % 30 ? "png" : "txt"}`, mimeType: "image/png", buffer: Buffer.from("x".repeat(50)) }));
  await page.setInputFiles("#files", files);
  await page.waitForSelector("text=87 files arrived; 3 files could not be taken");
  assert.equal(await page.locator(".as-upload-refused li").count(), 3);
  await page.keyboard.press("Escape");
  await page.locator("h1").click();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("pair");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/review_pair|preference_pair/);
});

await browser.close();
if (problems.length > 0) {
  process.stdout.write([...new Set(problems)].join("\n") + "\n");
  process.exitCode = 1;
}
