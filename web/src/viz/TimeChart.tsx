import { useMemo } from "react";
import { TimeWindow } from "../core/router";
import { dayAndTime } from "../core/time";
import { roundUp } from "./canvas";
import { Geometry, paintColour, Plot, Readout } from "./Plot";
import { Theme } from "../core/preferences";
import { slotStroke } from "../core/colours";

/** One line of a chart. */
export interface ChartSeries {
  name: string;
  /** A colour token or a slot of the palette. */
  colour: string | number;
  values: (number | null)[];
  area?: boolean;
  /** An earlier time for comparison: a dashed hairline. */
  base?: boolean;
  /** The dashes of the query that the line belongs to, in place of those of its slot. */
  dash?: readonly number[];
}

/** A sample with a trace behind it. */
export interface ChartExemplar {
  time: number;
  value: number;
  traceID: string;
  spanID?: string;
  label: string;
  /** Measured in another unit than the chart: stands on the time axis. */
  onAxis?: boolean;
}

interface TimeChartProps {
  title: string;
  window: TimeWindow;
  times: number[];
  /** Milliseconds between two times. */
  step: number;
  series: ChartSeries[];
  format: (value: number) => string;
  height?: number;
  /** Index of the series that is drawn thick. */
  emphasised?: number | null;
  onBrush?: (window: TimeWindow) => void;
  selection?: TimeWindow | null;
  exemplars?: ChartExemplar[];
  onExemplar?: (exemplar: ChartExemplar) => void;
  stale?: boolean;
  left?: number;
  /** Values are of the times themselves, not of the step that begins there. */
  instants?: boolean;
}

function strokeOf({ colour, dash }: ChartSeries, theme: Theme): { colour: string; dash: number[] } {
  const own = typeof colour === "number" ? slotStroke(colour, theme) : { colour: paintColour(colour, theme), dash: [] };
  return dash ? { ...own, dash: [...dash] } : own;
}

/** How far exemplars stretch the axis beyond the lines; those above stand at its top. */
const exemplarReach = 2;

/** Lines over time. Gaps stay gaps, the axis begins at zero unless a value is below it. */
export function TimeChart(props: TimeChartProps): JSX.Element {
  const { times, series, window: range, step, format } = props;
  const { low, high } = useMemo(() => extent(series, props.exemplars), [series, props.exemplars]);
  const top = roundUp(high);
  const shift = low < 0 ? roundUp(-low) : 0;
  const offset = props.instants ? 0 : step / 2;
  const indexAt = (time: number): number => Math.max(0, Math.min(times.length - 1, Math.round((time - offset - (times[0] ?? 0)) / step)));
  const middle = (index: number): number => times[index] + offset;
  const heightOf = (exemplar: ChartExemplar, area: Geometry): number => (exemplar.onAxis ? area.bottom - 5 : Math.max(area.top + 5, area.y(exemplar.value + shift)));

  const trace = (context: CanvasRenderingContext2D, area: Geometry, values: (number | null)[]): void => {
    const reach = reachOf(values);
    context.beginPath();
    let last = -Infinity;
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index];
      if (value === null || value === undefined) continue;
      const [x, y] = [area.x(middle(index)), area.y(value + shift)];
      if (index - last <= reach) context.lineTo(x, y);
      else {
        // A value alone between gaps would be invisible as a line.
        const next = values.findIndex((other, place) => place > index && other !== null && other !== undefined);
        if (next < 0 || next - index > reach) context.rect(x - 1, y - 1, 2, 2);
        context.moveTo(x, y);
      }
      last = index;
    }
    context.stroke();
  };
  const paint = (context: CanvasRenderingContext2D, area: Geometry, theme: Theme): void => {
    series.forEach((line) => {
      const stroke = strokeOf(line, theme);
      if (line.area) fillArea(context, area, line.values, middle, shift, stroke.colour);
      context.strokeStyle = stroke.colour;
      context.setLineDash(line.base ? [4, 3] : stroke.dash);
      context.globalAlpha = line.base ? 0.8 : 1;
      trace(context, area, line.values);
    });
    context.setLineDash([]);
    context.globalAlpha = 1;
    for (const exemplar of props.exemplars ?? []) diamond(context, area.x(exemplar.time), heightOf(exemplar, area), paintColour("s1", theme), paintColour("t1", theme));
  };
  const paintOver = (context: CanvasRenderingContext2D, area: Geometry, time: number | null, theme: Theme): void => {
    const emphasised = props.emphasised === null || props.emphasised === undefined ? null : series[props.emphasised];
    if (emphasised) {
      context.save();
      context.lineWidth = 2;
      context.strokeStyle = strokeOf(emphasised, theme).colour;
      context.setLineDash(strokeOf(emphasised, theme).dash);
      trace(context, area, emphasised.values);
      context.restore();
    }
    if (time === null || times.length === 0) return;
    const index = indexAt(time);
    for (const line of series.slice(0, 24)) {
      const value = line.values[index];
      if (value === null || value === undefined) continue;
      context.fillStyle = strokeOf(line, theme).colour;
      context.fillRect(area.x(middle(index)) - 2, area.y(value + shift) - 2, 4, 4);
    }
  };
  const readout = (time: number): Readout | null => {
    if (times.length === 0) return null;
    const index = indexAt(time);
    const rows = series
      .map((line) => ({ line, value: line.values[index] }))
      .filter((row): row is { line: ChartSeries; value: number } => row.value !== null && row.value !== undefined)
      .sort((a, b) => b.value - a.value)
      .slice(0, 10)
      .map(({ line, value }) => ({ name: line.name, value: format(value), colour: strokeOf(line, document.documentElement.dataset.theme === "light" ? "light" : "dark").colour }));
    return { time: times[index], rows: rows.length > 0 ? rows : [{ name: "no data", value: "" }] };
  };
  const last = times.length > 0 ? times[times.length - 1] : null;
  const partial = !props.instants && last !== null && last + step > range.to ? [{ from: last, to: range.to }] : [];
  return (
    <Plot
      sentence={sentence(props)}
      window={range}
      height={props.height ?? 180}
      top={top + shift}
      format={(value) => format(value - shift)}
      paint={paint}
      paintOver={paintOver}
      readout={readout}
      step={step}
      onBrush={props.onBrush}
      selection={props.selection}
      hatched={partial}
      stale={props.stale}
      left={props.left}
      onPick={(_, x, y, area) => {
        const hit = props.exemplars?.find((exemplar) => Math.abs(area.x(exemplar.time) - x) < 8 && Math.abs(heightOf(exemplar, area) - y) < 8);
        if (hit) props.onExemplar?.(hit);
        return hit !== undefined;
      }}
      table={() => ({
        columns: ["Time", ...series.map((line) => line.name)],
        rows: times.map((time, index) => [dayAndTime(time), ...series.map((line) => (line.values[index] === null || line.values[index] === undefined ? "–" : format(line.values[index] as number)))]),
      })}
    />
  );
}

/** Buckets that a line may bridge: what is sent every second bucket is no gap, what is missing for longer is one. */
function reachOf(values: (number | null)[]): number {
  const distances: number[] = [];
  let last = -1;
  for (let index = 0; index < values.length; index += 1) {
    if (values[index] === null || values[index] === undefined) continue;
    if (last >= 0) distances.push(index - last);
    last = index;
  }
  if (distances.length === 0) return 1;
  distances.sort((a, b) => a - b);
  return Math.floor(distances[Math.floor(distances.length / 2)] * 1.5);
}

function extent(series: ChartSeries[], exemplars: ChartExemplar[] | undefined): { low: number; high: number } {
  let [low, high] = [0, 0];
  for (const line of series) {
    for (const value of line.values) {
      if (value === null || value === undefined) continue;
      if (value > high) high = value;
      if (value < low) low = value;
    }
  }
  const reach = high > 0 ? high * exemplarReach : Infinity;
  for (const exemplar of exemplars ?? []) if (!exemplar.onAxis) high = Math.max(high, Math.min(reach, exemplar.value));
  return { low, high };
}

function fillArea(context: CanvasRenderingContext2D, area: Geometry, values: (number | null)[], middle: (index: number) => number, shift: number, colour: string): void {
  context.save();
  context.fillStyle = colour;
  context.globalAlpha = 0.12;
  const reach = reachOf(values);
  let run: number[] = [];
  const close = (): void => {
    if (run.length > 1) {
      context.beginPath();
      context.moveTo(area.x(middle(run[0])), area.y(shift));
      for (const point of run) context.lineTo(area.x(middle(point)), area.y((values[point] as number) + shift));
      context.lineTo(area.x(middle(run[run.length - 1])), area.y(shift));
      context.fill();
    }
    run = [];
  };
  values.forEach((value, index) => {
    if (value === null || value === undefined) return;
    if (run.length > 0 && index - run[run.length - 1] > reach) close();
    run.push(index);
  });
  close();
  context.restore();
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number, fill: string, stroke: string): void {
  context.beginPath();
  context.moveTo(x, y - 4);
  context.lineTo(x + 4, y);
  context.lineTo(x, y + 4);
  context.lineTo(x - 4, y);
  context.closePath();
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = stroke;
  context.stroke();
}

function sentence(props: TimeChartProps): string {
  const parts = props.series.slice(0, 3).map((line) => {
    let peak = -1;
    let latest: number | null = null;
    line.values.forEach((value, index) => {
      if (value === null || value === undefined) return;
      latest = value;
      if (peak < 0 || value > (line.values[peak] ?? 0)) peak = index;
    });
    if (peak < 0 || latest === null) return `${line.name}: no data`;
    return `${line.name}: ${props.format(latest)}, peak ${props.format(line.values[peak] as number)} at ${dayAndTime(props.times[peak])}`;
  });
  return `${props.title}. ${parts.join("; ")}. Arrow keys read values, Alt+T shows a table.`;
}
