import { useEffect, useMemo, useRef, useState } from "react";
import { PivotMenu, pivotKeys, Subject } from "../../context/pivots";
import { filteredService } from "../../context/filters";
import { useShare } from "../../context/share";
import { pathOf, question } from "../../context/question";
import { useJSON } from "../../core/answers";
import { compactCount, duration, groupedCount, percentage, ratePerSecond } from "../../core/format";
import { useKeys } from "../../core/keys";
import { ServicesAnswer, ServiceSummary, StatusAnswer } from "../../core/model";
import { navigate, useView, useWindow } from "../../core/router";
import { ago, millisecondsOf } from "../../core/time";
import { BigNumber, Link, ServiceName } from "../../ui/controls";
import { EmptyPanel, ErrorPanel } from "../../ui/states";
import { GridCell, GridHandle, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";
import { Sparkline } from "../../viz/Sparkline";

/** How a service does, by its share of failed requests. */
export function healthOf(service: { requests: number; error_rate: number }): { word: string; shape: string; tone: "ok" | "warning" | "error" | "none"; rank: number } {
  if (service.requests === 0) return { word: "no data", shape: "○", tone: "none", rank: 0 };
  if (service.error_rate >= 0.05) return { word: "failing", shape: "✕", tone: "error", rank: 3 };
  if (service.error_rate >= 0.01) return { word: "degraded", shape: "▲", tone: "warning", rank: 2 };
  return { word: "ok", shape: "●", tone: "ok", rank: 1 };
}

const columns: { id: string; title: string; className: string; value: (service: ServiceSummary) => number | string }[] = [
  { id: "health", title: "Health", className: "health", value: (service) => healthOf(service).rank * 1e12 + service.requests },
  { id: "name", title: "Service", className: "name", value: (service) => service.name },
  { id: "rate", title: "Requests", className: "number wide", value: (service) => service.rate },
  { id: "errors", title: "Errors", className: "number wide", value: (service) => service.error_rate },
  { id: "p50", title: "p50", className: "number", value: (service) => service.p50 ?? 0 },
  { id: "p95", title: "p95", className: "number wide", value: (service) => service.p95 ?? 0 },
  { id: "p99", title: "p99", className: "number", value: (service) => service.p99 ?? 0 },
  { id: "logs", title: "Logs", className: "number", value: (service) => service.logs ?? 0 },
  { id: "version", title: "Version", className: "version", value: (service) => service.version ?? "" },
  { id: "seen", title: "Last seen", className: "seen", value: (service) => Number(service.last_seen ?? 0) },
];

/** All services with rate, errors and duration; the unhealthy ones first. */
export function ServiceTable(): JSX.Element {
  const current = useView();
  const window = useWindow();
  const self = current.extra.self === "1";
  const path = pathOf("services", question(current, window, "traces", self ? [["self", "1"]] : []));
  const { data, error, stale, loading } = useJSON<ServicesAnswer>(path);
  useShare({ path, json: data ? () => JSON.stringify(data.services, null, 2) : undefined });
  const status = useJSON<StatusAnswer>(data && data.services.length === 0 ? "status" : null).data;
  const [sortColumn, direction] = (current.extra.sort ?? "health-desc").split("-");
  const services = useMemo(() => sorted(data?.services ?? [], sortColumn, direction === "desc", filteredService(current.filters)), [data, sortColumn, direction, current.filters]);
  const [active, setActive] = useState(-1);
  const [menu, setMenu] = useState(false);
  const grid = useRef<GridHandle>(null);
  const focused = services[active];
  const subject: Subject | null = focused ? { service: focused.name } : null;
  const arrived = services.length > 0;
  useEffect(() => {
    if (arrived && document.activeElement === document.body) grid.current?.focus();
  }, [arrived]);
  useEffect(() => {
    const received = status?.ever_received;
    if (received && !received.logs && !received.traces && !received.metrics) navigate({ page: "start", id: "" }, true);
  }, [status]);
  const into = (step: number) => (): void => {
    grid.current?.focus();
    setActive(Math.max(0, Math.min(services.length - 1, active + step)));
  };
  useKeys([
    { keys: "j", label: "Into the table", group: "This page", hidden: true, run: into(1) },
    { keys: "k", label: "Into the table", group: "This page", hidden: true, run: into(-1) },
    { keys: "/", label: "Filter by service", group: "This page", run: () => document.querySelector<HTMLButtonElement>(".chips .quiet")?.click() },
    ...pivotKeys(subject, () => setMenu(true)),
  ]);
  const open = (row: number): void => {
    if (services[row]) navigate({ page: "services", id: services[row].name });
  };
  const requests = services.reduce((sum, service) => sum + service.requests, 0);
  const errors = services.reduce((sum, service) => sum + service.errors, 0);
  const unhealthy = services.filter((service) => healthOf(service).rank >= 2).length;
  return (
    <div className="page services">
      {error ? <ErrorPanel error={error} what="The services could not be read" /> : null}
      {!loading && data && services.length === 0 ? <EmptyPanel signal="traces" /> : null}
      {arrived ? (
        <div className="numbers">
          <BigNumber label="Services" value={services.length} />
          <BigNumber label="Degraded or failing" value={unhealthy} tone={unhealthy > 0 ? "warning" : undefined} />
          <BigNumber label="Requests" value={ratePerSecond(services.reduce((sum, service) => sum + service.rate, 0))} />
          <BigNumber label="Errors" value={percentage(requests > 0 ? errors / requests : 0)} tone={errors > 0 ? "error" : undefined} />
          <span className="push" />
          <Link className="note" to={{ extra: { self: self ? null : "1" } }}>{self ? "Hide Sightline itself" : "Show Sightline itself"}</Link>
        </div>
      ) : null}
      {arrived || loading ? (
        <div className={`grid-place ${stale ? "stale" : ""}`}>
          <VirtualGrid
            ref={grid}
            className="service-grid"
            label="Services"
            rowCount={services.length}
            rowHeight={32}
            rowKey={(row) => services[row]?.name ?? row}
            active={active}
            onActive={setActive}
            onOpen={open}
            header={columns.map((column) => (
              <HeaderCell key={column.id} className={column.className} sorted={sortColumn === column.id ? (direction === "desc" ? "descending" : "ascending") : null}
                onSort={() => navigate({ extra: { sort: sortColumn === column.id && direction === "desc" ? `${column.id}-asc` : column.id === "health" ? null : `${column.id}-desc` } })}>
                {column.title}
              </HeaderCell>
            ))}
            renderRow={(row) => <ServiceRow service={services[row]} />}
          />
        </div>
      ) : null}
      {menu && subject ? <PivotMenu subject={subject} onClose={() => setMenu(false)} /> : null}
    </div>
  );
}

function sorted(services: ServiceSummary[], column: string, descending: boolean, only: string | null): ServiceSummary[] {
  const value = (columns.find((candidate) => candidate.id === column) ?? columns[0]).value;
  const sign = descending ? -1 : 1;
  return services
    .filter((service) => only === null || service.name === only)
    .sort((a, b) => {
      const [first, second] = [value(a), value(b)];
      return first === second ? (a.name < b.name ? -1 : 1) : (first < second ? -1 : 1) * sign;
    });
}

/** A series without its first and last value: those buckets are cut by the window. */
export function wholeBuckets(values: (number | null)[] | undefined): (number | null)[] | undefined {
  return values && values.length > 4 ? values.slice(1, -1) : values;
}

function ServiceRow({ service }: { service: ServiceSummary }): JSX.Element {
  const health = healthOf(service);
  return (
    <>
      <GridCell className={`health ${health.tone}`}><span aria-hidden="true">{health.shape}</span> {health.word}</GridCell>
      <GridCell className="name"><ServiceName name={service.name} />{service.languages?.[0] ? <span className="note">{service.languages[0]}</span> : null}</GridCell>
      <GridCell className="number wide"><Sparkline values={wholeBuckets(service.rate_series)} colour="slot0" /><span>{ratePerSecond(service.rate)}</span></GridCell>
      <GridCell className={`number wide ${health.rank >= 2 ? health.tone : ""}`} title={`${groupedCount(service.errors)} of ${groupedCount(service.requests)} requests failed`}>
        <Sparkline values={service.error_series} colour="error" /><span>{percentage(service.error_rate)}</span>
      </GridCell>
      <GridCell className="number">{service.p50 === null ? "–" : duration(service.p50)}</GridCell>
      <GridCell className="number wide"><Sparkline values={service.p95_series} colour="slot1" /><span>{service.p95 === null ? "–" : duration(service.p95)}</span></GridCell>
      <GridCell className="number">{service.p99 === null ? "–" : duration(service.p99)}</GridCell>
      <GridCell className="number">{service.logs === undefined ? "–" : compactCount(service.logs)}</GridCell>
      <GridCell className="version">{service.version ?? "–"}</GridCell>
      <GridCell className="seen">{service.last_seen ? ago(millisecondsOf(service.last_seen), Date.now()) : "–"}</GridCell>
    </>
  );
}
