import { useMemo } from "react";
import { compactCount, groupedCount } from "../core/format";
import { TimeWindow } from "../core/router";
import { dayAndTime } from "../core/time";
import { Theme } from "../core/preferences";
import { roundUp } from "./canvas";
import { Geometry, paintColour, Plot } from "./Plot";

/** One layer of a stacked histogram, lowest first. */
export interface HistogramLayer {
  name: string;
  colour: string;
  values: number[];
}

/** Counts over time as stacked bars. */
export function Histogram({ title, window: range, times, step, layers, height = 96, left, onBrush, selection, stale, hatched, partial }: {
  title: string;
  window: TimeWindow;
  times: number[];
  step: number;
  layers: HistogramLayer[];
  height?: number;
  /** Room for the labels of the value axis. */
  left?: number;
  onBrush?: (window: TimeWindow) => void;
  selection?: TimeWindow | null;
  stale?: boolean;
  hatched?: TimeWindow[];
  /** Counts are not final: they end in `+`. */
  partial?: boolean;
}): JSX.Element {
  const totals = useMemo(() => times.map((_, index) => layers.reduce((sum, layer) => sum + (layer.values[index] ?? 0), 0)), [times, layers]);
  const suffix = partial ? "+" : "";
  const paint = (context: CanvasRenderingContext2D, area: Geometry, theme: Theme): void => {
    const base = new Float64Array(times.length);
    for (const layer of layers) {
      context.fillStyle = paintColour(layer.colour, theme);
      for (let index = 0; index < times.length; index += 1) {
        const value = layer.values[index] ?? 0;
        if (value === 0) continue;
        const x = Math.max(area.left, area.x(times[index]));
        const width = Math.max(1, area.x(times[index] + step) - x - 1);
        const [y1, y2] = [area.y(base[index] + value), area.y(base[index])];
        context.fillRect(x, Math.min(y1, y2 - 1), width, Math.max(1, y2 - y1));
        base[index] += value;
      }
    }
  };
  const indexAt = (time: number): number => Math.max(0, Math.min(times.length - 1, Math.floor((time - (times[0] ?? 0)) / step)));
  const sum = totals.reduce((total, value) => total + value, 0);
  const peak = totals.indexOf(Math.max(0, ...totals));
  return (
    <Plot
      sentence={`${title}: ${groupedCount(sum)}${suffix} in all${sum > 0 ? `, most at ${dayAndTime(times[peak])} (${groupedCount(totals[peak])})` : ""}. Arrow keys read values, Shift and arrows select, Alt+T shows a table.`}
      window={range}
      height={height}
      left={left}
      top={roundUp(Math.max(2, ...totals), 2)}
      format={compactCount}
      paint={paint}
      readout={(time) => {
        if (times.length === 0) return null;
        const index = indexAt(time);
        const theme: Theme = document.documentElement.dataset.theme === "light" ? "light" : "dark";
        return { time: times[index], rows: layers.slice().reverse().map((layer) => ({ name: layer.name, value: groupedCount(layer.values[index] ?? 0) + suffix, colour: paintColour(layer.colour, theme) })) };
      }}
      step={step}
      onBrush={onBrush}
      selection={selection}
      stale={stale}
      hatched={hatched}
      table={() => ({ columns: ["Time", ...layers.map((layer) => layer.name)], rows: times.map((time, index) => [dayAndTime(time), ...layers.map((layer) => groupedCount(layer.values[index] ?? 0))]) })}
    />
  );
}
