/** Pictures and items of the mock server: drawn from numbers, the same every time. */

export function chance(seed) {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state ^= state << 13; state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5; state >>>= 0;
    return state / 4294967296;
  };
}

const KINDS = [
  ["tin", "#b8433a"], ["jar", "#e0a53a"], ["carton", "#3f7fb5"], ["bottle", "#3c8c5a"],
];
export const LABELS = KINDS.map(([name]) => ({ name, help: { tin: "Any metal can", jar: "Glass with a lid", carton: "", bottle: "" }[name] }));

/** A shelf with things on it, and where they are. */
export function shelf(seed, { width = 960, height = 640, rows = 3 } = {}) {
  const next = chance(seed);
  const boxes = [];
  const parts = [`<rect width="${width}" height="${height}" fill="#d8cfc0"/>`];
  for (let row = 0; row < rows; row++) {
    const floor = Math.round(((row + 1) * height) / rows) - 14;
    parts.push(`<rect x="0" y="${floor}" width="${width}" height="14" fill="#8a7760"/>`);
    let left = 16 + next() * 40;
    while (left < width - 90) {
      const [label, color] = KINDS[Math.floor(next() * KINDS.length)];
      const w = Math.round(44 + next() * 40);
      const h = Math.round(((height / rows) * (0.45 + next() * 0.35)));
      const x = Math.round(left);
      const y = floor - h;
      const neck = label === "bottle" ? `<rect x="${x + w * 0.35}" y="${y}" width="${w * 0.3}" height="${h * 0.35}" fill="${color}"/>` : "";
      const body = label === "bottle" ? y + h * 0.28 : y;
      parts.push(neck, `<rect x="${x}" y="${body}" width="${w}" height="${floor - body}" rx="${label === "carton" ? 1 : 7}" fill="${color}"/>`);
      parts.push(`<rect x="${x}" y="${y + h * 0.55}" width="${w}" height="${h * 0.22}" fill="#fff" opacity="0.75"/>`);
      boxes.push({ label, left: x, top: y, width: w, height: h });
      left += w + 8 + next() * 70;
    }
  }
  return { boxes, width, height, svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join("")}</svg>` };
}

export const TEXTS = [
  "Ada Lovelace wrote the first program for Charles Babbage's Analytical Engine in 1843.\nShe lived in London and corresponded with Mary Somerville, who had introduced her to Babbage.",
  "שלום 🌍! עדה לאבלייס נולדה בלונדון בשנת 1815.\nمرحبا من القاهرة، كتبت Ada البرنامج الأول.",
  "ผมกินข้าวที่กรุงเทพกับคุณสมชายเมื่อวันจันทร์ 👩‍👩‍👧 แล้วไปเชียงใหม่\nCafe\u0301 Zoë in Düsseldorf opened on 3 May 2021.",
  "The train from Zürich to Milan was an hour late, and nobody at the counter of the Italian railways could say why. Two days later Ms Okonkwo wrote to the company; on 14 March she got 38 francs back and a letter that began with the wrong name.",
];
