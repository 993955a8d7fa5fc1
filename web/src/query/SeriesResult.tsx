import { useEffect, useMemo, useRef, useState } from "react";
import { Letter, queryDashes } from "../context/metricQueries";
import { assignSlots } from "../core/colours";
import { groupedCount, valueFormatter } from "../core/format";
import { useKeys } from "../core/keys";
import { serviceSlots } from "../core/serviceSlots";
import { navigate, TimeWindow, useView } from "../core/router";
import { formatSelection, parseSelection } from "../core/url";
import { ExemplarBox } from "../pages/metrics/ExemplarBox";
import { LegendTable } from "../pages/metrics/LegendTable";
import { seriesNames } from "../pages/metrics/seriesNames";
import { Button } from "../ui/controls";
import { ChartExemplar, ChartSeries, TimeChart } from "../viz/TimeChart";
import { stepText, Steps, timesOf } from "./steps";

/** One series of an answer: its labels, and its values by step. */
export interface QuerySeries {
  labels: Record<string, string>;
  values: (number | null)[];
  /** The query that it answers, when the chart shows several. */
  query?: { letter: Letter; text: string };
}

/** Lines that a chart draws. */
const drawn = 50;

const nothing: ChartExemplar[] = [];

/** Series over time: a chart of the largest, and all of what is drawn in a table. */
export function SeriesResult({ title, window, steps, series, stale, format = plain, exemplars = nothing }: {
  title: string;
  window: TimeWindow;
  steps: Steps;
  series: QuerySeries[];
  stale: boolean;
  format?: (value: number) => string;
  exemplars?: ChartExemplar[];
}): JSX.Element {
  const current = useView();
  const [emphasised, setEmphasised] = useState<number | null>(null);
  const [isolated, setIsolated] = useState<ReadonlySet<string>>(new Set());
  const [exemplar, setExemplar] = useState<ChartExemplar | null>(null);
  const cursor = useRef(-1);
  useEffect(() => setIsolated(new Set()), [title]);
  const times = useMemo(() => timesOf(steps), [steps.start, steps.end, steps.step]);
  const largest = useMemo(() => (series.length <= drawn ? series : series.map((one) => ({ one, most: peak(one.values) })).sort((a, b) => b.most - a.most).slice(0, drawn).map(({ one }) => one)), [series]);
  const all = useMemo(() => linesOf(largest, title), [largest, title]);
  const shown = useMemo(() => (isolated.size === 0 ? all : all.filter((line) => isolated.has(line.name))), [all, isolated]);
  const next = (step: number) => (): void => {
    cursor.current = (cursor.current + step + exemplars.length) % exemplars.length;
    setExemplar(exemplars[cursor.current]);
  };
  useKeys([
    { keys: "n", label: "Next exemplar", group: "This page", hidden: exemplars.length === 0, when: () => exemplars.length > 0, run: next(1) },
    { keys: "N", label: "Previous exemplar", group: "This page", hidden: exemplars.length === 0, when: () => exemplars.length > 0, run: next(-1) },
  ]);
  return (
    <>
      <div className="chart-note">
        <p className="note" role="status">
          {series.length > drawn ? `showing ${drawn} of ${groupedCount(series.length)} series, the largest by their maximum · ` : ""}a point each {stepText(steps.step)}
          {exemplars.length > 0 ? ` · ${exemplars.length} ${exemplars.length === 1 ? "exemplar" : "exemplars"} ◇` : ""}
        </p>
        {exemplars.length > 0 ? <Button kind="quiet" keys="n" onClick={next(1)}>Next exemplar</Button> : null}
      </div>
      <div className="metric-chart">
        <TimeChart title={title} window={window} times={times} step={steps.step * 1000} instants series={shown} format={format} height={300} left={68} emphasised={emphasised} stale={stale}
          exemplars={exemplars} onExemplar={setExemplar}
          selection={parseSelection(current.extra.sel)} onBrush={(range) => navigate({ extra: { sel: formatSelection({ ...range, low: null, high: null }) } })} />
        {exemplar ? <ExemplarBox exemplar={exemplar} window={window} format={exemplar.onAxis ? plain : format} onClose={() => setExemplar(null)} /> : null}
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

function plain(value: number): string {
  return valueFormatter(undefined, false)(value);
}

function peak(values: (number | null)[]): number {
  return values.reduce<number>((most, value) => (value !== null && value > most ? value : most), -Infinity);
}

/** Lines with their names. Of several queries each names its own series, behind its letter; a name has one colour in all of them. */
function linesOf(series: QuerySeries[], title: string): ChartSeries[] {
  const names = new Map<QuerySeries, string>();
  for (const letter of new Set(series.map((one) => one.query?.letter))) {
    const own = series.filter((one) => one.query?.letter === letter);
    seriesNames(own.map((one) => one.labels)).forEach((name, index) => names.set(own[index], name === "all" ? own[index].query?.text ?? title : name));
  }
  const nameOf = (one: QuerySeries): string => names.get(one) ?? title;
  const labelled = series.filter((one) => Object.keys(one.labels).length > 0);
  const byService = labelled.length > 0 && labelled.every((one) => ["service_name", "resource.service.name"].includes(Object.keys(one.labels).join()));
  const slots = (byService ? serviceSlots : assignSlots)([...names.values()]);
  return series.map((one) => {
    const name = nameOf(one);
    const line = { name, colour: slots.get(name) ?? -1, values: one.values, area: series.length === 1 };
    return one.query ? { ...line, name: `${one.query.letter} ${name}`, dash: queryDashes[one.query.letter] } : line;
  });
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
