/** What a chart shows, as the server sends it. */

export interface Series {
  name: string;
  values: number[];
}
export interface Spec {
  kind: "bars" | "line" | "rows";
  names: string[];
  series: Series[];
  unit: string;
  /** Levels to compare with, for example a budget. */
  lines: { name: string; value: number }[];
}

export function readSpec(text: string): Spec | null {
  try {
    const found = JSON.parse(text) as Partial<Spec>;
    if (!Array.isArray(found.names) || !Array.isArray(found.series)) return null;
    return { kind: found.kind ?? "bars", names: found.names, series: found.series, unit: found.unit ?? "", lines: found.lines ?? [] };
  } catch {
    return null;
  }
}

/** How tall a chart has to be for its rows to be read. */
export function heightOf(spec: Spec): number {
  return spec.kind === "rows" ? Math.max(90, 26 * spec.names.length + 16) : 220;
}

export function shown(value: number, unit: string): string {
  const text = value.toLocaleString(undefined, unit ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : {});
  return unit ? `${unit} ${text}` : text;
}
