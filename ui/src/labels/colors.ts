/**
 * Colours of labels: after Okabe and Ito, and Paul Tol, told apart with every common kind of colour blindness;
 * shapes on pictures also carry a light and a dark edge and their name.
 */
export const PALETTE = [
  "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00",
  "#cc79a7", "#882255", "#44aa99", "#999933", "#aa4499", "#bbbbbb",
] as const;

export function colorOf(label: string, labels: readonly string[]): string {
  const place = labels.indexOf(label);
  const at = place >= 0 ? place : hash(label);
  return PALETTE[at % PALETTE.length] ?? PALETTE[0];
}

/** Black or white, whichever can be read on a colour. */
export function inkOn(color: string): "#000000" | "#ffffff" {
  return contrast(color, "#000000") >= contrast(color, "#ffffff") ? "#000000" : "#ffffff";
}

export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

export function channels(color: string): [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** sRGB to linear light. */
export const linear = (value: number): number => {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

function luminance(color: string): number {
  const [r, g, b] = channels(color).map(linear) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function hash(text: string): number {
  let sum = 7;
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return sum;
}
