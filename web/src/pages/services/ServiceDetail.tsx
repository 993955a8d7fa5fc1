import { Fragment, useEffect, useMemo, useRef, useState } from "react";
import { PivotMenu, pivotKeys, PivotRow, Subject } from "../../context/pivots";
import { alignedBase, comparisonOf } from "../../context/comparison";
import { withFilter, withoutService } from "../../context/filters";
import { pathOf, question } from "../../context/question";
import { useShare } from "../../context/share";
import { SelectionBar } from "../../context/SelectionBar";
import { useJSON } from "../../core/answers";
import { useStream } from "../../core/streams";
import { duration, groupedCount, percentage, ratePerSecond } from "../../core/format";
import { useKeys } from "../../core/keys";
import { AggregateGroup, ServiceAnswer, ServicesAnswer, spanKind } from "../../core/model";
import { navigate, TimeWindow, useView, useWindow, view } from "../../core/router";
import { ago, millisecondsOf } from "../../core/time";
import { Filter, formatSelection, parseSelection, writeDuration } from "../../core/url";
import { BigNumber, ServiceName, Swatch, Tabs } from "../../ui/controls";
import { EmptyPanel, ErrorPanel } from "../../ui/states";
import { GridCell, GridHandle, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";
import { Sparkline } from "../../viz/Sparkline";
import { ChartSeries, TimeChart } from "../../viz/TimeChart";
import { LatestProblems } from "./LatestProblems";
import { healthOf, wholeBuckets } from "./ServiceTable";

/** One service: rate, errors, duration; its operations, dependencies and instances. */
export function ServiceDetail({ name }: { name: string }): JSX.Element {
  const current = useView();
  const window = useWindow();
  const path = pathOf(`services/${encodeURIComponent(name)}`, question(current, window, "traces"));
  const { data, error, stale, loading } = useJSON<ServiceAnswer>(path);
  useShare({ path, json: data ? () => JSON.stringify(data, null, 2) : undefined });
  const [menu, setMenu] = useState(false);
  const subject: Subject = { service: name };
  const tab = current.extra.tab ?? "operations";
  const select = (id: string): void => navigate({ extra: { tab: id === "operations" ? null : id } });
  useKeys([
    { keys: "1", label: "Operations", group: "This page", run: () => select("operations") },
    { keys: "2", label: "Dependencies", group: "This page", run: () => select("dependencies") },
    { keys: "3", label: "Instances", group: "This page", run: () => select("instances") },
    ...pivotKeys(subject, () => setMenu(true)),
  ]);
  if (error && error.status === 404) return <EmptyPanel signal="traces"><p>Nothing was received from a service of this name.</p></EmptyPanel>;
  const service = data?.service;
  const health = service ? healthOf(service) : null;
  return (
    <div className="page service">
      {error ? <ErrorPanel error={error} what="The service could not be read" /> : null}
      <div className="numbers">
        <div className="big-name"><ServiceName name={name} />{service ? <span className={`health ${health?.tone}`}><span aria-hidden="true">{health?.shape}</span> {health?.word}</span> : null}</div>
        <BigNumber label="Requests" value={service ? ratePerSecond(service.rate) : "–"} />
        <BigNumber label="Errors" value={service ? percentage(service.error_rate) : "–"} tone={service && service.errors > 0 ? "error" : undefined} />
        <BigNumber label="p50" value={service && service.p50 !== null ? duration(service.p50) : "–"} />
        <BigNumber label="p95" value={service && service.p95 !== null ? duration(service.p95) : "–"} />
        <BigNumber label="p99" value={service && service.p99 !== null ? duration(service.p99) : "–"} />
        <span className="push" />
        <PivotRow subject={subject} leaveOut={["V"]} />
      </div>
      <Charts data={data} window={window} stale={stale} />
      <SelectionBar page="services" />
      <Tabs label="About this service" current={tab} onSelect={select} tabs={[
        { id: "operations", title: "Operations", note: data ? String(data.operations.length) : undefined, keys: "1" },
        { id: "dependencies", title: "Dependencies", note: data ? String(data.dependencies.length) : undefined, keys: "2" },
        { id: "instances", title: "Instances", note: data ? String(data.instances.length) : undefined, keys: "3" },
      ]} />
      {data ? (
        <div className={`grid-place ${stale ? "stale" : ""}`}>
          {tab === "dependencies" ? <Dependencies data={data} name={name} /> : tab === "instances" ? <Instances data={data} /> : <Operations data={data} name={name} />}
        </div>
      ) : loading ? <div className="grid-place" /> : null}
      {data ? <LatestProblems service={name} /> : null}
      {menu ? <PivotMenu subject={subject} onClose={() => setMenu(false)} /> : null}
    </div>
  );
}

function Charts({ data, window, stale }: { data: ServiceAnswer | null; window: TimeWindow; stale: boolean }): JSX.Element {
  const current = useView();
  const selection = parseSelection(current.extra.sel);
  const times = useMemo(() => (data?.times ?? []).map(millisecondsOf), [data]);
  const step = (data?.step ?? 6e10) / 1e6;
  const service = data?.service;
  const brush = (range: TimeWindow): void => navigate({ extra: { sel: formatSelection({ ...range, low: null, high: null }) } });
  const shared = { window, times, step, stale, onBrush: brush, selection, height: 150 };
  const comparison = comparisonOf(current.extra.cmp, window);
  // All services of that time: one that was not there then is absent, and not an error.
  const earlier = useJSON<ServicesAnswer>(comparison && service ? pathOf("services", [...question(current, comparison.window, "traces"), ["self", "1"]]) : null).data;
  const before = earlier?.services.find((one) => one.name === service?.name);
  const shift = comparison?.shift ?? 0;
  const base = useMemo(() => {
    const baseTimes = (earlier?.times ?? []).map(millisecondsOf);
    return (name: string, colour: number | string, values: (number | null)[] | undefined): ChartSeries[] => (before && values ? [{ name: `${name} before`, colour, values: alignedBase(times, step, baseTimes, values, shift), base: true }] : []);
  }, [earlier, before, times, step, shift]);
  const rate = useMemo<ChartSeries[]>(() => [{ name: "requests", colour: 0, values: service?.rate_series ?? [], area: true }, ...base("requests", 0, before?.rate_series)], [service, base]);
  const errors = useMemo<ChartSeries[]>(() => [{ name: "errors", colour: "error", values: service?.error_series ?? [], area: true }, ...base("errors", "error", before?.error_series)], [service, base]);
  const quantiles = useStream<never>(service ? pathOf("traces/aggregate", [
    ...question({ ...current, filters: [...withoutService(current.filters), { key: "service.name", op: "eq", value: service.name }, { key: "kind", op: "in", value: "server,consumer" }] }, window, "traces"),
    ["agg", "p50(duration),p95(duration),p99(duration)"], ["step", writeDuration(step * 1e6)],
  ]) : null);
  const durations = useMemo(() => {
    const values = (quantiles.result?.groups as AggregateGroup[] | undefined)?.[0]?.values;
    const p95: ChartSeries = { name: "p95", colour: 1, values: service?.p95_series ?? [], area: true };
    const compared = base("p95", 1, before?.p95_series);
    // A service without server and consumer spans is measured by its root spans, of which only p95 is at hand.
    if (!values || values[0]?.length !== times.length) return [p95, ...compared];
    return [{ name: "p99", colour: 5, values: values[2] }, p95, { name: "p50", colour: 2, values: values[0] }, ...compared];
  }, [service, quantiles.result, times.length, base]);
  return (
    <div className="red-charts">
      <section><h2>Rate</h2><TimeChart title="Requests a second" series={rate} format={ratePerSecond} {...shared} /></section>
      <section><h2>Errors</h2><TimeChart title="Errors a second" series={errors} format={ratePerSecond} {...shared} /></section>
      <section><h2>Duration {durations.filter((line) => !line.base).map((line) => <Fragment key={line.name}><Swatch name={line.name} slot={typeof line.colour === "number" ? line.colour : -1} /> {line.name} </Fragment>)}</h2><TimeChart title="Duration" series={durations} format={duration} {...shared} /></section>
    </div>
  );
}

function useRows(count: number): { active: number; setActive: (row: number) => void; grid: React.RefObject<GridHandle> } {
  const [active, setActive] = useState(-1);
  const grid = useRef<GridHandle>(null);
  useEffect(() => {
    if (count > 0 && document.activeElement === document.body) grid.current?.focus();
  }, [count > 0]);
  const into = (step: number) => (): void => {
    grid.current?.focus();
    setActive(Math.max(0, Math.min(count - 1, active + step)));
  };
  useKeys([
    { keys: "j", label: "Into the table", group: "This page", hidden: true, run: into(1) },
    { keys: "k", label: "Into the table", group: "This page", hidden: true, run: into(-1) },
  ]);
  return { active, setActive, grid };
}

function Operations({ data, name }: { data: ServiceAnswer; name: string }): JSX.Element {
  const operations = useMemo(() => data.operations.slice().sort((a, b) => (b.p95 ?? 0) * b.requests - (a.p95 ?? 0) * a.requests), [data]);
  const { active, setActive, grid } = useRows(operations.length);
  const open = (row: number): void => {
    const operation = operations[row];
    if (!operation) return;
    const filters: Filter[] = withFilter(withFilter(withoutService(view.get().filters), { key: "service.name", op: "eq", value: name }), { key: "name", op: "eq", value: operation.name });
    navigate({ page: "traces", id: "", filters, extra: { sort: "duration" } });
  };
  if (operations.length === 0) return <EmptyPanel signal="traces" />;
  return (
    <VirtualGrid ref={grid} className="operation-grid" label="Operations" rowCount={operations.length} rowHeight={28} rowKey={(row) => `${operations[row].kind}${operations[row].name}`} active={active} onActive={setActive} onOpen={open}
      header={<>
        <HeaderCell className="name">Operation</HeaderCell><HeaderCell className="kind">Kind</HeaderCell><HeaderCell className="number wide">Requests</HeaderCell><HeaderCell className="number">Errors</HeaderCell>
        <HeaderCell className="number wide">p95</HeaderCell><HeaderCell className="number">p50</HeaderCell><HeaderCell className="number">p99</HeaderCell>
      </>}
      renderRow={(row) => {
        const operation = operations[row];
        return (
          <>
            <GridCell className="name"><span className="cut link-like" title="Its traces, slowest first">{operation.name}</span></GridCell>
            <GridCell className="kind">{spanKind(operation.kind)}</GridCell>
            <GridCell className="number wide"><Sparkline values={wholeBuckets(operation.rate_series)} colour="slot0" /><span>{ratePerSecond(operation.rate)}</span></GridCell>
            <GridCell className={`number ${healthOf(operation).rank >= 2 ? healthOf(operation).tone : ""}`} title={`${groupedCount(operation.errors)} of ${groupedCount(operation.requests)} failed`}>{percentage(operation.error_rate)}</GridCell>
            <GridCell className="number wide"><Sparkline values={operation.p95_series} colour="slot1" /><span>{operation.p95 === null ? "–" : duration(operation.p95)}</span></GridCell>
            <GridCell className="number">{operation.p50 === null ? "–" : duration(operation.p50)}</GridCell>
            <GridCell className="number">{operation.p99 === null ? "–" : duration(operation.p99)}</GridCell>
          </>
        );
      }} />
  );
}

function Dependencies({ data, name }: { data: ServiceAnswer; name: string }): JSX.Element {
  const { active, setActive, grid } = useRows(data.dependencies.length);
  const open = (row: number): void => {
    const dependency = data.dependencies[row];
    if (!dependency) return;
    const filters: Filter[] = withFilter(withoutService(view.get().filters), { key: "service.name", op: "eq", value: name });
    navigate({ page: "traces", id: "", filters: withFilter(filters, { key: "kind", op: "in", value: "client,producer" }), extra: { sort: "duration" } });
  };
  if (data.dependencies.length === 0) return <div className="state-panel"><strong>No calls to others</strong><p>This service made no client or producer spans in this window.</p></div>;
  return (
    <VirtualGrid ref={grid} className="operation-grid" label="Dependencies" rowCount={data.dependencies.length} rowHeight={28} rowKey={(row) => `${data.dependencies[row].kind}${data.dependencies[row].name}`} active={active} onActive={setActive} onOpen={open}
      header={<><HeaderCell className="name">Called</HeaderCell><HeaderCell className="kind">Kind</HeaderCell><HeaderCell className="number">Calls</HeaderCell><HeaderCell className="number">Errors</HeaderCell><HeaderCell className="number">p95</HeaderCell></>}
      renderRow={(row) => {
        const dependency = data.dependencies[row];
        return (
          <>
            <GridCell className="name"><ServiceName name={dependency.name} /></GridCell>
            <GridCell className="kind">{dependency.kind}</GridCell>
            <GridCell className="number">{groupedCount(dependency.calls)}</GridCell>
            <GridCell className={`number ${dependency.errors > 0 ? "error" : ""}`}>{groupedCount(dependency.errors)}</GridCell>
            <GridCell className="number">{dependency.p95 === null ? "–" : duration(dependency.p95)}</GridCell>
          </>
        );
      }} />
  );
}

function Instances({ data }: { data: ServiceAnswer }): JSX.Element {
  const { active, setActive, grid } = useRows(data.instances.length);
  return (
    <VirtualGrid ref={grid} className="operation-grid" label="Instances" rowCount={data.instances.length} rowHeight={28} rowKey={(row) => data.instances[row].id ?? row} active={active} onActive={setActive}
      header={<><HeaderCell className="name">Instance</HeaderCell><HeaderCell className="kind">Host</HeaderCell><HeaderCell className="kind">Version</HeaderCell><HeaderCell className="number">Requests</HeaderCell><HeaderCell className="number">Errors</HeaderCell><HeaderCell className="seen">Last seen</HeaderCell></>}
      renderRow={(row) => {
        const instance = data.instances[row];
        return (
          <>
            <GridCell className="name"><span className="cut">{instance.id ?? "(no service.instance.id)"}</span></GridCell>
            <GridCell className="kind">{instance.host ?? "–"}</GridCell>
            <GridCell className="kind">{instance.version ?? "–"}</GridCell>
            <GridCell className="number">{groupedCount(instance.requests)}</GridCell>
            <GridCell className={`number ${instance.errors > 0 ? "error" : ""}`}>{groupedCount(instance.errors)}</GridCell>
            <GridCell className="seen">{instance.last_seen ? ago(millisecondsOf(instance.last_seen), Date.now()) : "–"}</GridCell>
          </>
        );
      }} />
  );
}
