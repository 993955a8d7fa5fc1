import { useEffect, useMemo, useRef, useState } from "react";
import { filteredService } from "../../context/filters";
import { pathOf, question } from "../../context/question";
import { useJSON } from "../../core/answers";
import { groupedCount, unitName } from "../../core/format";
import { useKeys } from "../../core/keys";
import { MetricSummary } from "../../core/model";
import { navigate, useView, useWindow } from "../../core/router";
import { ago, millisecondsOf } from "../../core/time";
import { promqlLanguage } from "../../query/promqlLanguage";
import { QueryBar } from "../../query/QueryBar";
import { ServiceName } from "../../ui/controls";
import { EmptyPanel, ErrorPanel } from "../../ui/states";
import { GridCell, GridHandle, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";

/** The words of a metric's kind. */
export function kindText(metric: { kind: string; temporality?: string; monotonic?: boolean }): string {
  const kind = metric.kind.replace(/_/g, " ");
  if (metric.kind === "sum") return `${metric.monotonic ? "counter" : "sum"}${metric.temporality ? `, ${metric.temporality}` : ""}`;
  return metric.temporality && metric.temporality !== "unspecified" ? `${kind}, ${metric.temporality}` : kind;
}

const languages = [promqlLanguage];

/** All metrics with unit, kind, series and when they were last seen. */
export function Catalogue(): JSX.Element {
  const current = useView();
  const window = useWindow();
  const { data, error, stale, loading } = useJSON<{ metrics: MetricSummary[] }>(pathOf("metrics", question(current, window, "metrics")));
  const [active, setActive] = useState(-1);
  const grid = useRef<GridHandle>(null);
  const find = current.extra.find ?? "";
  const only = filteredService(current.filters);
  const metrics = useMemo(() => {
    const wanted = find.toLowerCase();
    return (data?.metrics ?? [])
      .filter((metric) => (metric.name.toLowerCase().includes(wanted) || (metric.description ?? "").toLowerCase().includes(wanted)) && (only === null || !metric.services || metric.services.includes(only)))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }, [data, find, only]);
  const some = metrics.length > 0;
  useEffect(() => {
    if (some && document.activeElement === document.body) grid.current?.focus();
  }, [some]);
  const open = (row: number): void => {
    if (metrics[row]) navigate({ page: "metrics", id: "", query: "", extra: { name: metrics[row].name, find: null } });
  };
  const into = (step: number) => (): void => {
    grid.current?.focus();
    setActive(Math.max(0, Math.min(metrics.length - 1, active + step)));
  };
  useKeys([
    { keys: "m", label: "Find a metric", group: "This page", run: () => document.getElementById("metric-search")?.focus() },
    { keys: "j", label: "Into the list", group: "This page", hidden: true, run: into(1) },
    { keys: "k", label: "Into the list", group: "This page", hidden: true, run: into(-1) },
  ]);
  return (
    <div className="page catalogue">
      <QueryBar languages={languages} scope="promql" error={null} />
      <div className="query-row">
        <input id="metric-search" className="wide-search" type="search" aria-label="Find a metric" placeholder="Find a metric by name or description  m" value={find} onChange={(event) => navigate({ extra: { find: event.target.value } }, true)}
          onKeyDown={(event) => {
            if (event.key !== "ArrowDown" && event.key !== "Enter") return;
            event.preventDefault();
            grid.current?.focus();
            setActive(0);
          }} />
        <span className="note" role="status">{data ? `${groupedCount(metrics.length)} of ${groupedCount(data.metrics.length)} metrics${only ? ` of ${only}` : ""}` : ""}</span>
      </div>
      {error ? <ErrorPanel error={error} what="The metrics could not be read" /> : null}
      {!some && !loading && !error ? <EmptyPanel signal="metrics" /> : (
        <div className={`grid-place ${stale ? "stale" : ""}`}>
          <VirtualGrid ref={grid} className="metric-grid" label="Metrics" rowCount={metrics.length} rowHeight={28} rowKey={(row) => metrics[row]?.name ?? row} active={active} onActive={setActive} onOpen={open}
            header={<><HeaderCell className="name">Metric</HeaderCell><HeaderCell className="kind">Kind</HeaderCell><HeaderCell className="kind">Unit</HeaderCell><HeaderCell className="number">Series</HeaderCell><HeaderCell className="seen">Last seen</HeaderCell><HeaderCell className="description">Description</HeaderCell><HeaderCell className="services">Services</HeaderCell></>}
            renderRow={(row) => {
              const metric = metrics[row];
              return (
                <>
                  <GridCell className="name"><span className="cut link-like">{metric.name}</span></GridCell>
                  <GridCell className="kind">{kindText(metric)}</GridCell>
                  <GridCell className="kind">{unitName(metric.unit) || "–"}</GridCell>
                  <GridCell className="number">{groupedCount(metric.series)}</GridCell>
                  <GridCell className="seen">{metric.last_time ? ago(millisecondsOf(metric.last_time), Date.now()) : "–"}</GridCell>
                  <GridCell className="description" title={metric.description}><span className="cut">{metric.description ?? ""}</span></GridCell>
                  <GridCell className="services" title={metric.services?.join(", ")}>{(metric.services ?? []).slice(0, 2).map((service) => <ServiceName key={service} name={service} />)}{(metric.services?.length ?? 0) > 2 ? <span className="note">+{(metric.services?.length ?? 0) - 2}</span> : null}</GridCell>
                </>
              );
            }} />
        </div>
      )}
    </div>
  );
}
