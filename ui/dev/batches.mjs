/** One batch for every task type and for the states of a review. */
import { LABELS, shelf, TEXTS } from "./scenes.mjs";

const GUIDE = "<h2>What to do</h2><p>Look at the whole item first. <strong>When in doubt, skip.</strong></p><ol><li>A thing counts if at least half of it can be seen.</li><li>Draw close to its edge; leave shadows out.</li></ol><blockquote>A jar with a metal lid is a <em>jar</em>.</blockquote>";
const TOPICS = ["delivery", "payment", "account", "returns", "product question", "praise", "complaint", "press", "jobs", "wholesale", "spam", "other"].map((name) => ({ name, help: "" }));
const ENTITIES = ["person", "place", "date", "organisation"].map((name) => ({ name, help: "" }));

const image = (seed) => {
  const { width, height } = shelf(seed);
  return { url: `/media/shelf-${seed}.svg`, type: "image/svg+xml", width, height };
};
const pictured = (seed, extra = {}) => ({ key: `shelf-${String(seed).padStart(4, "0")}.jpg`, text: null, media: image(seed), extra });
const written = (seed, extra = {}) => ({ key: `text-${seed}`, text: TEXTS[seed % TEXTS.length], media: null, extra });
const found = (seed, marks) => ({
  spans: marks.map(([label, said]) => {
    const start = [...TEXTS[seed % 4].slice(0, TEXTS[seed % 4].indexOf(said))].length;
    return { label, start, end: start + [...said].length };
  }),
});
const spans = (seed) => found(seed, [
  [["person", "Ada Lovelace"], ["person", "Charles Babbage"], ["date", "1843"]],
  [["person", "עדה לאבלייס"], ["place", "القاهرة"]],
  [["place", "กรุงเทพ"], ["person", "สมชาย"], ["place", "Düsseldorf"]],
  [["place", "Zürich"], ["person", "Ms Okonkwo"], ["organisation", "Italian railways"]],
][seed % 4]);
const few = (seed, count) => ({ boxes: shelf(seed).boxes.slice(0, count) });
const shifted = (seed, by) => ({ boxes: shelf(seed).boxes.slice(0, 7 + by).map((box, at) => (at === 2 ? { ...box, label: "jar" } : { ...box, left: box.left + by })) });
const review = (proposal, answers, remarks = []) => ({ proposal, risk: 0.31, answers: answers.map((label, at) => ({ who: "ABCDEFG"[at], label })), remarks });

const pair = (seed) => ({
  key: `pair-${seed}`, text: null, media: null,
  extra: {
    prompt: `Mira buys ${7 + seed} boxes with 12 apples each. How many apples is that?`,
    response_a: `Let us count: ${7 + seed} x 12 = ${(7 + seed) * 12}. Mira has ${(7 + seed) * 12} apples.`,
    response_b: `That depends on many things. Counting is an old art that was known in Babylon, and apples were known there too. Boxes, however, were mostly baskets, and whoever bought them had to carry them home, which took a while.`,
  },
});

const base = { media: "image", labels: LABELS, produces: "choice", role: "labeller", queue: "label" };
export const BATCHES = {
  image_classification: { ...base, item: pictured, suggestion: (seed) => (seed % 2 ? "jar" : null) },
  image_classification_multi: { ...base, produces: "choices", item: pictured, suggestion: (seed) => (seed % 2 ? ["jar", "tin"] : null) },
  text_classification: { ...base, media: "text", labels: TOPICS, item: (seed) => written(seed + 3) },
  many_labels: { ...base, task: "text_classification", media: "text", labels: Array.from({ length: 48 }, (_, at) => ({ name: `intent ${at + 1}: ${["card", "loan", "transfer", "address", "fraud"][at % 5]}`, help: "" })), item: (seed) => written(seed + 3) },
  text_classification_multi: { ...base, media: "text", produces: "choices", labels: TOPICS, item: (seed) => written(seed + 3) },
  classification: { ...base, media: null, labels: ["same product", "other product", "cannot tell"].map((name) => ({ name, help: "" })), item: (seed) => ({ key: `offer-${seed}`, text: null, media: null, extra: { title_left: "Espresso beans, dark roast, 1 kg", title_right: "Coffee beans dark 1000g", price_left: 18.9, price_right: "17,50 €", description: "Roasted in small batches.\nMay contain traces of nuts." } }) },
  image_boxes: { ...base, produces: "boxes", item: pictured, suggestion: (seed) => (seed % 2 ? few(seed, 6) : null) },
  many_boxes: { ...base, task: "image_boxes", produces: "boxes", item: pictured, suggestion: (seed) => ({ boxes: Array.from({ length: 1500 }, (_, at) => ({ label: LABELS[at % 4].name, left: (at % 50) * 19, top: Math.floor(at / 50) * 21, width: 15, height: 15 + (seed % 3) })) }) },
  points: { ...base, task: "keypoints_made_up", produces: "points", labels: ["top left", "top right", "bottom"].map((name) => ({ name, help: "" })), item: pictured, suggestion: () => ({ points: [{ label: "top left", x: 200, y: 120, visible: true }, { label: "bottom", x: 420, y: 400, visible: false }] }) },
  text_spans: { ...base, media: "text", produces: "spans", labels: ENTITIES, item: (seed) => written(seed - 1), suggestion: (seed) => (seed % 2 ? spans(seed - 1) : null) },
  preference_pair: { ...base, media: null, produces: "preference", labels: [], item: pair },
  label_verification: { ...base, labels: ["right", "needs work"].map((name) => ({ name, help: "" })), item: (seed) => pictured(seed, { label: few(seed, 5), source: "camera 4" }) },
  review_boxes: { ...base, task: "image_boxes", produces: "boxes", role: "expert", queue: "expert", item: pictured, review: (seed) => review(few(seed, 7), [few(seed, 7), shifted(seed, 1), few(seed, 5)], [{ comment: "Is the lid part of the jar?", region: { left: 100, top: 80, width: 120, height: 90 }, at: "2026-03-02T09:14:00Z", who: "B" }]) },
  review_spans: { ...base, task: "text_spans", media: "text", produces: "spans", labels: ENTITIES, role: "expert", queue: "expert", item: (seed) => written(seed - 1), review: (seed) => review(spans(seed - 1), [spans(seed - 1), { spans: spans(seed - 1).spans.slice(1) }, { spans: [] }]) },
  review_choice: { ...base, task: "image_classification", role: "labeller", queue: "peer", item: pictured, review: () => review("jar", ["jar", "tin", "jar"]) },
  review_pair: { ...base, task: "preference_pair", media: null, produces: "preference", labels: [], role: "expert", queue: "expert", item: pair, review: () => review({ winner: "first" }, [{ winner: "first" }, { winner: "tie" }]) },
  audit: { ...base, task: "image_classification", role: "expert", queue: "audit", item: pictured },
  paused: { ...base, task: "image_classification", item: pictured, count: 0, state: "paused", reason: "Please read the instructions again and take the training once more." },
  empty: { ...base, task: "image_classification", item: pictured, count: 0 },
};
export const instructions = GUIDE;
