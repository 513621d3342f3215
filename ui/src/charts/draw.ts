/** ECharts with the parts that are used, and no others; loaded when the first chart comes near. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use as register, type ECharts } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

import { optionsOf, type Look } from "./options";
import type { Spec } from "./spec";

register([BarChart, LineChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

export interface Drawn {
  resize(): void;
  dispose(): void;
}

export function draw(element: HTMLElement, spec: Spec, look: Look, calm: boolean): Drawn {
  const chart: ECharts = init(element, null, { renderer: "svg" });
  chart.setOption(optionsOf(spec, look, calm));
  return { resize: () => chart.resize(), dispose: () => chart.dispose() };
}
