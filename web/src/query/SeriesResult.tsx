import { useEffect, useMemo, useState } from "react";
import { assignSlots } from "../core/colours";
import { groupedCount, valueFormatter } from "../core/format";
import { serviceSlots } from "../core/serviceSlots";
import { navigate, TimeWindow, useView } from "../core/router";
import { formatSelection, parseSelection } from "../core/url";
import { LegendTable } from "../pages/metrics/LegendTable";
import { seriesNames } from "../pages/metrics/seriesNames";
import { ChartSeries, TimeChart } from "../viz/TimeChart";
import { stepText, Steps, timesOf } from "./steps";

/** One series of an answer: its labels, and its values by step. */
export interface QuerySeries {
  labels: Record<string, string>;
  values: (number | null)[];
}

/** Lines that a chart draws. */
const drawn = 50;

/** Series over time: a chart of the largest, and all of what is drawn in a table. */
export function SeriesResult({ title, window, steps, series, stale }: { title: string; window: TimeWindow; steps: Steps; series: QuerySeries[]; stale: boolean }): JSX.Element {
  const current = useView();
  const [emphasised, setEmphasised] = useState<number | null>(null);
  const [isolated, setIsolated] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => setIsolated(new Set()), [current.query]);
  const times = useMemo(() => timesOf(steps), [steps.start, steps.end, steps.step]);
  const largest = useMemo(() => (series.length <= drawn ? series : series.map((one) => ({ one, most: peak(one.values) })).sort((a, b) => b.most - a.most).slice(0, drawn).map(({ one }) => one)), [series]);
  const all = useMemo(() => linesOf(largest, title), [largest, title]);
  const shown = useMemo(() => (isolated.size === 0 ? all : all.filter((line) => isolated.has(line.name))), [all, isolated]);
  const format = useMemo(() => valueFormatter(undefined, false), []);
  return (
    <>
      <p className="note" role="status">{series.length > drawn ? `showing ${drawn} of ${groupedCount(series.length)} series, the largest by their maximum` : `${groupedCount(series.length)} ${series.length === 1 ? "series" : "series"}`} · a point each {stepText(steps.step)}</p>
      <div className="metric-chart">
        <TimeChart title={title} window={window} times={times} step={steps.step * 1000} instants series={shown} format={format} height={300} left={68} emphasised={emphasised} stale={stale}
          selection={parseSelection(current.extra.sel)} onBrush={(range) => navigate({ extra: { sel: formatSelection({ ...range, low: null, high: null }) } })} />
      </div>
      <LegendTable series={all} keys={largest.map((one) => one.labels)} isolated={isolated} format={format} onHover={(index) => setEmphasised(index === null ? null : shown.indexOf(all[index]))}
        onPick={(line, add) => setIsolated((before) => {
          if (!add) return before.size === 1 && before.has(line) ? new Set() : new Set([line]);
          const after = new Set(before);
          if (!after.delete(line)) after.add(line);
          return after;
        })} />
    </>
  );
}

function peak(values: (number | null)[]): number {
  return values.reduce<number>((most, value) => (value !== null && value > most ? value : most), -Infinity);
}

function linesOf(series: QuerySeries[], title: string): ChartSeries[] {
  const names = seriesNames(series.map((one) => one.labels)).map((name) => (name === "all" ? title : name));
  const byService = series.length > 0 && series.every((one) => ["service_name", "resource.service.name"].includes(Object.keys(one.labels).join()));
  const slots = byService ? serviceSlots(names) : assignSlots(names);
  return series.map((one, index) => ({ name: names[index], colour: slots.get(names[index]) ?? -1, values: one.values, area: series.length === 1 }));
}

/** Samples at their steps: times are seconds, what is not a number is a gap. */
export function valuesAt(steps: Steps, samples: readonly [number, string | number][]): (number | null)[] {
  const values = new Array<number | null>(Math.floor((steps.end - steps.start) / steps.step) + 1).fill(null);
  for (const [time, text] of samples) {
    const index = Math.round((time - steps.start) / steps.step);
    const value = Number(text);
    if (index >= 0 && index < values.length && Number.isFinite(value)) values[index] = value;
  }
  return values;
}
