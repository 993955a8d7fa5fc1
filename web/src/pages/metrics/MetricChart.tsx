import { useEffect, useMemo, useRef, useState } from "react";
import { filteredService } from "../../context/filters";
import { pathOf, question } from "../../context/question";
import { Parameters } from "../../core/api";
import { alignedBase, comparisonOf } from "../../context/comparison";
import { useShare } from "../../context/share";
import { SelectionBar } from "../../context/SelectionBar";
import { suggestFields } from "../../context/suggestions";
import { useJSON } from "../../core/answers";
import { groupedCount, unitName, valueFormatter } from "../../core/format";
import { useKeys } from "../../core/keys";
import { MetricPoints, MetricSummary } from "../../core/model";
import { navigate, TimeWindow, useView, useWindow } from "../../core/router";
import { millisecondsOf } from "../../core/time";
import { formatSelection, parseSelection, ViewPatch } from "../../core/url";
import { Button, Link } from "../../ui/controls";
import { Icon } from "../../ui/icons";
import { EmptyPanel, ErrorPanel } from "../../ui/states";
import { Suggest } from "../../ui/Suggest";
import { ChartExemplar, ChartSeries, TimeChart } from "../../viz/TimeChart";
import { assignSlots } from "../../core/colours";
import { serviceSlots } from "../../core/serviceSlots";
import { kindText } from "./Catalogue";
import { ExemplarBox } from "./ExemplarBox";
import { spreadExemplars } from "./exemplarMarks";
import { seriesNames } from "./seriesNames";
import { LegendTable } from "./LegendTable";

/** Functions that make sense for a kind of metric; the first is what the server takes by itself. */
function functionsOf(kind: string, monotonic: boolean | undefined): string[] {
  if (kind.includes("histogram")) return ["p95", "p50", "p75", "p90", "p99", "p99.9", "rate", "increase", "count", "avg", "min", "max", "sum"];
  if (kind === "summary") return ["raw", "count", "sum", "avg", "rate"];
  if (kind === "sum" && monotonic) return ["rate", "increase", "raw", "avg", "min", "max", "sum"];
  return ["raw", "avg", "min", "max", "sum", "count"];
}

/** One metric over time: function, grouping, legend, exemplars. */
export function MetricChart({ name }: { name: string }): JSX.Element {
  const current = useView();
  const window = useWindow();
  const by = (current.extra.by ?? "").split(",").filter((field) => field !== "");
  const ask = (range: TimeWindow): Parameters => [
    ...question({ ...current, query: "" }, range, "metrics", [["name", name]]),
    ...(by.length > 0 ? [["by", by.join(",")] as [string, string]] : []),
    ...(current.extra.fn ? [["fn", current.extra.fn] as [string, string]] : []),
  ];
  const parameters = ask(window);
  const comparison = comparisonOf(current.extra.cmp, window);
  const before = useJSON<MetricPoints>(comparison ? pathOf("metrics/points", ask(comparison.window)) : null).data;
  const shift = comparison?.shift ?? 0;
  const { data, error, stale, loading } = useJSON<MetricPoints>(pathOf("metrics/points", parameters));
  useShare({ path: pathOf("metrics/points", parameters), json: data ? () => JSON.stringify(data, null, 2) : undefined });
  const catalogue = useJSON<{ metrics: MetricSummary[] }>(pathOf("metrics", [["from", String(window.from)], ["to", String(window.to)], ["match", name]])).data;
  const summary = catalogue?.metrics.find((metric) => metric.name === name);
  const [emphasised, setEmphasised] = useState<number | null>(null);
  const [isolated, setIsolated] = useState<ReadonlySet<string>>(new Set());
  const [exemplar, setExemplar] = useState<ChartExemplar | null>(null);
  const perSecond = data?.fn === "rate";
  const format = useMemo(() => valueFormatter(data?.fn === "count" ? undefined : rateUnit(data), perSecond), [data, perSecond]);
  const times = useMemo(() => (data?.times ?? []).map(millisecondsOf), [data]);
  const all = useMemo(() => seriesOf(data), [data]);
  const shown = useMemo(() => {
    const lines = isolated.size === 0 ? all : all.filter((line) => isolated.has(line.name));
    return [...lines, ...basesOf(lines, times, data, before, shift)];
  }, [all, isolated, times, data, before, shift]);
  const exemplars = useMemo(() => (isolated.size === 0 ? exemplarsOf(data) : exemplarsOf(data).filter((item) => isolated.has(item.label))), [data, isolated]);
  const selection = parseSelection(current.extra.sel);
  const cursor = useRef(-1);
  const next = (step: number) => (): void => {
    if (exemplars.length === 0) return;
    cursor.current = (cursor.current + step + exemplars.length) % exemplars.length;
    setExemplar(exemplars[cursor.current]);
  };
  useEffect(() => setIsolated(new Set()), [current.extra.by]);
  const service = filteredService(current.filters) ?? (summary?.services?.length === 1 ? summary.services[0] : null);
  const inPromQL: ViewPatch = { query: promqlOf(name, data?.kind ?? "gauge", data?.fn ?? "raw", current.extra.by), extra: { name: null, by: null, fn: null, sel: null } };
  useKeys([
    { keys: "Escape", label: "Back to the catalogue", group: "This page", run: () => navigate({ extra: { name: null, by: null, fn: null, sel: null } }) },
    { keys: "q", label: "Ask in PromQL", group: "This page", when: () => data !== null, run: () => navigate(inPromQL) },
    { keys: "n", label: "Next exemplar", group: "This page", when: () => exemplars.length > 0, run: next(1) },
    { keys: "N", label: "Previous exemplar", group: "This page", when: () => exemplars.length > 0, run: next(-1) },
    ...(service ? [
      { keys: "L", label: `Logs of ${service}`, group: "From here", run: () => navigate({ page: "logs", id: "", filters: [...current.filters.filter((filter) => filter.key !== "service.name"), { key: "service.name", op: "eq", value: service }] }) },
      { keys: "T", label: `Traces of ${service}`, group: "From here", run: () => navigate({ page: "traces", id: "", filters: [...current.filters.filter((filter) => filter.key !== "service.name"), { key: "service.name", op: "eq", value: service }] }) },
    ] as const : []),
  ]);
  return (
    <div className="page metric">
      <div className="metric-head">
        <Link className="button quiet" to={{ extra: { name: null, by: null, fn: null, sel: null } }}><Icon name="metrics" /><span className="text">All metrics</span></Link>
        <h2>{name}</h2>
        {data ? <span className="badge">{kindText({ kind: data.kind, temporality: summary?.temporality, monotonic: summary?.monotonic })}</span> : null}
        {data?.unit && unitName(data.unit) ? <span className="badge">{unitName(data.unit)}</span> : null}
        <span className="note cut">{summary?.description ?? ""}</span>
        <span className="push" />
        {data ? <Link className="button plain" to={inPromQL}><span className="text">As PromQL</span><kbd>q</kbd></Link> : null}
      </div>
      <div className="metric-controls">
        <label>Function{" "}
          <select value={current.extra.fn ?? data?.fn ?? ""} onChange={(event) => navigate({ extra: { fn: event.target.value } })}>
            {functionsOf(data?.kind ?? "gauge", summary?.monotonic ?? data?.fn === "rate").map((fn) => <option key={fn} value={fn}>{fn}</option>)}
          </select>
        </label>
        <GroupBy fields={by} onChange={(fields) => navigate({ extra: { by: fields.join(",") } })} />
        <span className="note" role="status">{data ? `${groupedCount(data.series.length)}${data.matched > data.series.length ? ` of ${groupedCount(data.matched)} series, largest first` : " series"}` : ""}{exemplars.length > 0 ? ` · ${exemplars.length} exemplars ◇` : ""}</span>
        {exemplars.length > 0 ? <Button kind="quiet" keys="n" onClick={next(1)}>Next exemplar</Button> : null}
        {service ? <span className="push" /> : null}
        {service ? <Link className="button plain" to={{ page: "logs", filters: [{ key: "service.name", op: "eq", value: service }] }}><span className="text">Logs of {service}</span><kbd>L</kbd></Link> : null}
        {service ? <Link className="button plain" to={{ page: "traces", filters: [{ key: "service.name", op: "eq", value: service }] }}><span className="text">Traces of {service}</span><kbd>T</kbd></Link> : null}
      </div>
      {error ? <ErrorPanel error={error} what="The metric could not be read" /> : null}
      {data && all.length === 0 && !loading ? <EmptyPanel signal="metrics" /> : (
        <>
          <div className="metric-chart">
            <TimeChart title={`${name}, ${data?.fn ?? ""}`} window={window} times={times} step={(data?.step ?? 6e10) / 1e6} series={shown} format={format} height={300} left={68} emphasised={emphasised} stale={stale}
              exemplars={exemplars} onExemplar={setExemplar} selection={selection} onBrush={(range) => navigate({ extra: { sel: formatSelection({ ...range, low: null, high: null }) } })} />
            {exemplar ? <ExemplarBox exemplar={exemplar} window={window} format={format} onClose={() => setExemplar(null)} /> : null}
          </div>
          <SelectionBar page="metrics" />
          <LegendTable series={all} keys={(data?.series ?? []).map((line) => line.key)} isolated={isolated} format={format} onHover={(index) => setEmphasised(index === null ? null : shown.indexOf(all[index]))}
            onPick={(line, add) => setIsolated((before) => {
              if (!add) return before.size === 1 && before.has(line) ? new Set() : new Set([line]);
              const after = new Set(before);
              if (!after.delete(line)) after.add(line);
              return after;
            })} />
        </>
      )}
    </div>
  );
}

/** The chart's question in PromQL: an equality finds a metric by its OpenTelemetry name, too. */
function promqlOf(name: string, kind: string, fn: string, fields: string | undefined): string {
  const selector = /^[A-Za-z_:][\w:]*$/.test(name) ? name : `{${JSON.stringify(name)}}`;
  const by = (fields ?? "").split(",").filter((field) => field !== "");
  const grouping = by.length > 0 ? ` by (${by.map((field) => field.replace(/^resource\./, "").replace(/\W/g, "_")).join(", ")})` : "";
  if (kind.includes("histogram")) {
    const rates = `sum${grouping} (rate(${selector}[5m]))`;
    const quantile = /^p([\d.]+)$/.exec(fn);
    if (quantile) return `histogram_quantile(${Number(quantile[1]) / 100}, ${rates})`;
    return fn === "avg" ? `histogram_avg(${rates})` : `histogram_count(${rates})`;
  }
  const inner = fn === "rate" || fn === "increase" ? `${fn}(${selector}[5m])` : selector;
  const outer = fn === "avg" || fn === "min" || fn === "max" ? fn : "sum";
  return grouping === "" && outer === "sum" ? inner : `${outer}${grouping} (${inner})`;
}

function rateUnit(data: MetricPoints | null): string | undefined {
  // A rate of a histogram counts its recordings, whatever they measure.
  return data && data.fn === "rate" && data.kind.includes("histogram") ? undefined : data?.unit;
}

function seriesOf(data: MetricPoints | null): ChartSeries[] {
  const names = seriesNames((data?.series ?? []).map((line) => line.key));
  const byService = (data?.series ?? []).every((line) => /^(resource\.)?service\.name$/.test(Object.keys(line.key).join()));
  const slots = byService ? serviceSlots(names) : assignSlots(names);
  return (data?.series ?? []).map((line, index) => ({ name: names[index], colour: slots.get(names[index]) ?? -1, values: line.values, area: (data?.series.length ?? 0) === 1 }));
}

/** The same series at the time that is compared with. */
function basesOf(lines: ChartSeries[], times: number[], data: MetricPoints | null, before: MetricPoints | null, shift: number): ChartSeries[] {
  if (!data || !before) return [];
  const baseTimes = before.times.map(millisecondsOf);
  const values = new Map(before.series.map((line) => [JSON.stringify(line.key), line.values]));
  const keys = new Map(seriesNames(data.series.map((line) => line.key)).map((name, index) => [name, JSON.stringify(data.series[index].key)]));
  return lines.flatMap((line) => {
    const own = values.get(keys.get(line.name) ?? "");
    return own ? [{ name: `${line.name} before`, colour: line.colour, values: alignedBase(times, data.step / 1e6, baseTimes, own, shift), base: true }] : [];
  });
}

function exemplarsOf(data: MetricPoints | null): ChartExemplar[] {
  if (!data) return [];
  const names = seriesNames(data.series.map((line) => line.key));
  const found = (data.exemplars ?? []).flatMap((item) => (item.trace_id ? [{ time: millisecondsOf(item.time), value: item.value, traceID: item.trace_id, spanID: item.span_id, label: names[item.series] ?? "" }] : []));
  return spreadExemplars(found, { from: millisecondsOf(data.from), to: millisecondsOf(data.to) });
}

function GroupBy({ fields, onChange }: { fields: string[]; onChange: (fields: string[]) => void }): JSX.Element {
  const [text, setText] = useState("");
  const add = (field: string): void => {
    if (field.trim() !== "" && !fields.includes(field.trim())) onChange([...fields, field.trim()]);
    setText("");
  };
  return (
    <div className="group-by" role="group" aria-label="Group by">
      <span>by</span>
      {fields.map((field) => (
        <span key={field} className="chip">
          <span className="chip-text">{field}</span>
          <button type="button" className="chip-remove" aria-label={`Do not group by ${field}`} onClick={() => onChange(fields.filter((other) => other !== field))}><Icon name="close" size={10} /></button>
        </span>
      ))}
      <Suggest openOnFocus label="Add a field to group by" placeholder={fields.length === 0 ? "every series by itself" : "field"} value={text} onChange={setText} onSubmit={add} suggest={(typed, abort) => suggestFields("metrics", typed, abort)} />
    </div>
  );
}
