/** From a spec to what ECharts draws: direct labels, colours that the colour-blind can tell apart, no legend to hunt in. */
import type { EChartsCoreOption } from "echarts/core";

import { shown, type Spec } from "./spec";

/** Okabe and Ito's set, in the order in which it is used; each series also has its name beside it. */
export const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

export interface Look {
  font: string;
  text: string;
  soft: string;
  line: string;
  surface: string;
}

export function optionsOf(spec: Spec, look: Look, calm: boolean): EChartsCoreOption {
  const base = {
    animation: !calm,
    animationDuration: 250,
    color: COLORS,
    textStyle: { color: look.text, fontFamily: look.font },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      backgroundColor: look.surface,
      borderColor: look.line,
      textStyle: { color: look.text },
      axisPointer: { type: spec.kind === "line" ? "line" : "shadow" },
      valueFormatter: (value: unknown) => shown(Number(value), spec.unit),
    },
  };
  return spec.kind === "rows" ? { ...base, ...rows(spec, look) } : { ...base, ...days(spec, look) };
}

function rows(spec: Spec, look: Look): EChartsCoreOption {
  return {
    grid: { left: 148, right: 64, top: 4, bottom: 4 },
    xAxis: { type: "value", show: false },
    yAxis: {
      type: "category",
      inverse: true,
      data: spec.names,
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { color: look.text, width: 136, overflow: "truncate" },
    },
    series: spec.series.map((series) => ({
      name: series.name,
      type: "bar",
      data: series.values,
      barMaxWidth: 16,
      label: { show: true, position: "right", color: look.text, formatter: ({ value }: { value: number }) => shown(value, spec.unit) },
    })),
  };
}

function days(spec: Spec, look: Look): EChartsCoreOption {
  const line = spec.kind === "line";
  const most = Math.max(0, ...spec.series.flatMap((series) => series.values), ...spec.lines.map((one) => one.value));
  const named = spec.series.filter((series) => series.values.some((value) => value > 0));
  return {
    grid: { left: 4, right: line ? 12 : 88, top: 24, bottom: 4, containLabel: true },
    xAxis: {
      type: "category",
      data: spec.names,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: look.line } },
      axisLabel: { color: look.soft, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      max: most ? undefined : 1,
      splitNumber: 3,
      axisLabel: { color: look.soft, formatter: (value: number) => value.toLocaleString() },
      splitLine: { lineStyle: { color: look.line } },
    },
    series: named.map((series, at) => ({
      name: series.name,
      type: line ? "line" : "bar",
      stack: line ? undefined : "all",
      data: series.values,
      barMaxWidth: 36,
      symbol: series.values.length > 40 ? "none" : "circle",
      symbolSize: 6,
      areaStyle: line ? { opacity: 0.12 } : undefined,
      // The name stands at the end of its own bars, so no legend is needed.
      markPoint: undefined,
      endLabel: line ? { show: true, color: look.text, formatter: () => "", distance: 4 } : undefined,
      label: line
        ? { show: series.values.length <= 12, position: "top", color: look.text, formatter: ({ value }: { value: number }) => shown(value, spec.unit) }
        : {
            show: true,
            position: "right",
            distance: 6,
            color: look.text,
            formatter: ({ dataIndex }: { dataIndex: number }) => (dataIndex === lastOf(series.values) && dataIndex === series.values.length - 1 ? series.name : ""),
          },
      markLine:
        at === 0 && spec.lines.length > 0
          ? {
              silent: true,
              symbol: "none",
              lineStyle: { color: look.soft, type: "dashed" },
              label: { position: "insideStartTop", color: look.text, formatter: ({ name, value }: { name: string; value: number }) => `${name} ${shown(value, spec.unit)}` },
              data: spec.lines.map(({ name, value }) => ({ name, yAxis: value })),
            }
          : undefined,
    })),
  };
}

function lastOf(values: readonly number[]): number {
  for (let at = values.length - 1; at >= 0; at--) if ((values[at] ?? 0) > 0) return at;
  return -1;
}
