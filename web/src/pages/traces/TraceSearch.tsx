import { memo, useEffect, useMemo, useRef, useState } from "react";
import { PivotMenu, pivotKeys, Subject } from "../../context/pivots";
import { useShare } from "../../context/share";
import { Parameters } from "../../core/api";
import { queryCommand } from "../../core/commands";
import { brushed, pathOf, question } from "../../context/question";
import { QueryBar } from "../../query/QueryBar";
import { SelectionBar } from "../../context/SelectionBar";
import { useStream } from "../../core/streams";
import { duration, groupedCount } from "../../core/format";
import { useKeys } from "../../core/keys";
import { TraceRow } from "../../core/model";
import { narrowWindow } from "../../core/media";
import { readPreference, writePreference } from "../../core/preferences";
import { navigate, serverAddress, useView, useWindow } from "../../core/router";
import { clockTime, dayAndTime, millisecondsOf } from "../../core/time";
import { formatSelection, parseSelection } from "../../core/url";
import { sizes } from "../../core/sizes";
import { Separator } from "../../ui/Separator";
import { Button, ServiceName, Swatch, Tabs } from "../../ui/controls";
import { EmptyPanel, ErrorPanel, ProgressRow, isOfPanel } from "../../ui/states";
import { GridCell, GridHandle, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";
import { HeatCell, Heatmap } from "../../viz/Heatmap";
import { Histogram, HistogramLayer } from "../../viz/Histogram";
import { Facets } from "../logs/Facets";
import { traceLanguages } from "./languages";
import { SpanList } from "./SpanList";

/** Search over traces: durations over time, then the traces that match. */
export function TraceSearch(): JSX.Element {
  const current = useView();
  const window = useWindow();
  const part = brushed(current, window);
  const sort = current.extra.sort === "duration" ? "duration" : "time";
  const tab = current.extra.tab ?? "traces";
  const [limit, setLimit] = useState(100);
  const parameters = question(current, part.window, "traces", part.parameters);
  const asked: Parameters = [...parameters, ["limit", String(limit)], ...(sort === "duration" ? [["sort", "duration"] as [string, string]] : [])];
  const answer = useStream<TraceRow>(tab === "traces" ? pathOf("traces", asked) : null);
  const rows = useMemo(() => unique(answer.rows), [answer.rows]);
  const [active, setActive] = useState(-1);
  const [facets, setFacets] = useState(!narrowWindow.get() && readPreference("traceFacets") !== "off");
  const [menu, setMenu] = useState(false);
  const grid = useRef<GridHandle>(null);
  const hasRows = rows.length > 0;
  useEffect(() => {
    if (hasRows && document.activeElement === document.body) grid.current?.focus();
  }, [hasRows]);
  useEffect(() => setActive((row) => Math.min(row, rows.length - 1)), [rows.length]);
  const row = rows[active];
  const subject: Subject | null = row ? { traceID: row.trace_id, service: row.root_service ?? row.services[0]?.name, time: millisecondsOf(row.start), milliseconds: row.duration / 1e6 } : null;
  const open = (index: number): void => {
    if (rows[index]) navigate({ page: "traces", id: rows[index].trace_id });
  };
  const into = (step: number) => (): void => {
    grid.current?.focus();
    setActive(Math.max(0, Math.min(rows.length - 1, active + step)));
  };
  const toggleFacets = (): void => {
    setFacets(!facets);
    // On a narrow window the facets take the place of the lines: that is no choice for the next visit.
    if (!narrowWindow.get()) writePreference("traceFacets", facets ? "off" : "on");
  };
  const setSort = (next: string): void => navigate({ extra: { sort: next === "duration" ? "duration" : null } });
  useKeys([
    { keys: "j", label: "Into the list", group: "This page", hidden: true, run: into(1) },
    { keys: "k", label: "Into the list", group: "This page", hidden: true, run: into(-1) },
    { keys: "s", label: "Slowest or newest first", group: "This page", run: () => setSort(sort === "duration" ? "time" : "duration") },
    { keys: "[", label: "Facets", group: "This page", run: toggleFacets },
    ...pivotKeys(subject, () => setMenu(true)),
  ]);
  useShare({ path: pathOf(tab === "spans" ? "spans" : "traces", asked), command: queryCommand(serverAddress, tab === "spans" ? "spans" : "traces", asked), json: tab === "traces" ? () => JSON.stringify(rows, null, 2) : undefined });
  const longest = rows.reduce((most, trace) => Math.max(most, trace.duration), 1);
  return (
    <div className={`page traces ${facets ? "" : "no-facets"}`}>
      <QueryBar languages={traceLanguages} scope="traces" error={answer.error} />
      <ProgressRow answer={answer} count={tab === "traces" ? rows.length : null} what="traces" limited={sort === "duration" ? `slowest ${groupedCount(rows.length)} of the newest 1,000 that match` : undefined}>
        <Button kind="quiet" keys="s" pressed={sort === "duration"} title="Slowest first: the slowest of the newest 1,000 that match" onClick={() => setSort(sort === "duration" ? "time" : "duration")}>{sort === "duration" ? "Slowest first" : "Newest first"}</Button>
        <Button kind="quiet" icon="filter" keys="[" pressed={facets} title="Facets" onClick={toggleFacets}>Facets</Button>
      </ProgressRow>
      <div className="columns">
        {facets ? <><Facets signal="traces" window={part.window} /><Separator size={sizes.facets} label="Width of the facets" /></> : null}
        <div className="column-main">
          <LatencyHeatmap />
          <SelectionBar page="traces" />
          <Tabs label="Results" current={tab} onSelect={(id) => navigate({ extra: { tab: id === "traces" ? null : id } })} tabs={[{ id: "traces", title: "Traces" }, { id: "spans", title: "Spans" }]} />
          {answer.error ? <ErrorPanel error={answer.error} what="The traces could not be read" /> : null}
          {tab === "spans" ? <SpanList parameters={parameters} /> : rows.length === 0 && !answer.loading && !answer.error ? <EmptyPanel signal="traces" /> : (
            <div className={`grid-place ${answer.stale ? "stale" : ""}`}>
              <VirtualGrid
                ref={grid}
                className="trace-grid"
                label="Traces"
                rowCount={rows.length}
                rowHeight={28}
                rowKey={(index) => rows[index]?.trace_id ?? index}
                active={active}
                onActive={setActive}
                onOpen={open}
                footer={answer.end?.status === "limited" && limit < 1000 ? <div className="grid-footer"><Button onClick={() => setLimit(Math.min(1000, limit * 4))}>Show {groupedCount(Math.min(1000, limit * 4))} traces</Button></div> : null}
                header={<>
                  <HeaderCell className="time" sorted={sort === "time" ? "descending" : null} onSort={() => setSort("time")}>Start</HeaderCell>
                  <HeaderCell className="service">Root</HeaderCell>
                  <HeaderCell className="name">Operation</HeaderCell>
                  <HeaderCell className="duration" sorted={sort === "duration" ? "descending" : null} onSort={() => setSort("duration")}>Duration</HeaderCell>
                  <HeaderCell className="number">Spans</HeaderCell>
                  <HeaderCell className="number">Errors</HeaderCell>
                  <HeaderCell className="services">Services</HeaderCell>
                </>}
                renderRow={(index) => <ResultRow trace={rows[index]} longest={longest} long={window.to - window.from > 8.64e7} />}
              />
            </div>
          )}
        </div>
      </div>
      {menu && subject ? <PivotMenu subject={subject} onClose={() => setMenu(false)} /> : null}
    </div>
  );
}

function ResultRow({ trace, longest, long }: { trace: TraceRow; longest: number; long: boolean }): JSX.Element {
  const time = millisecondsOf(trace.start);
  return (
    <>
      <GridCell className="time">{long ? dayAndTime(time, "second") : clockTime(time)}</GridCell>
      <GridCell className="service"><ServiceName name={trace.root_service} /></GridCell>
      <GridCell className="name"><span className="cut">{trace.root_name ?? "(unnamed)"}</span>{trace.root_missing ? <span className="badge warning" title="The root span was not received">▲ no root</span> : null}</GridCell>
      <GridCell className="duration"><span className="bar" style={{ width: `${(100 * trace.duration) / longest}%` }} aria-hidden="true" /><span>{duration(trace.duration)}</span></GridCell>
      <GridCell className="number" title={`${trace.matched} match`}>{groupedCount(trace.spans)}</GridCell>
      <GridCell className={`number ${trace.errors > 0 ? "error" : ""}`}>{trace.errors > 0 ? `✕ ${groupedCount(trace.errors)}` : "0"}</GridCell>
      <GridCell className="services" title={trace.services.map((service) => `${service.name}: ${service.spans} spans${service.errors ? `, ${service.errors} errors` : ""}`).join("\n")}>
        {trace.services.map((service) => <Swatch key={service.name} name={service.name} />)}
        <span className="note">{trace.services.length}</span>
      </GridCell>
    </>
  );
}

/** Durations of the spans that match, over time. A memo: a move in the list below must not draw it again. */
const LatencyHeatmap = memo(function LatencyHeatmap(): JSX.Element {
  const current = useView();
  const window = useWindow();
  const answer = useStream<never>(pathOf("traces/aggregate", question(current, window, "traces", [["heatmap", "duration"], ["step", "auto"], ["buckets", "140"]])));
  const times = useMemo(() => ((answer.meta?.times as string[] | undefined) ?? []).map(millisecondsOf), [answer.meta]);
  const cells = (answer.result?.cells as HeatCell[] | undefined) ?? noCells;
  const layers = useMemo(() => rateLayers(cells, times.length), [cells, times.length]);
  if (isOfPanel(answer.error)) return <ErrorPanel error={answer.error} what="The heatmap could not be computed" />;
  const step = Number(answer.meta?.step ?? 6e10) / 1e6;
  const selection = parseSelection(current.extra.sel);
  return (
    <div className="heat-panel">
      <Heatmap window={window} times={times} step={step} base={Number(answer.result?.base ?? 2 ** 0.25)} cells={cells} height={180} selection={selection} stale={answer.stale}
        onSelect={(chosen) => navigate({ extra: { sel: chosen ? formatSelection(chosen) : null } })} />
      <Histogram title="Spans" window={window} times={times} step={step} layers={layers} height={64} left={58} selection={selection} stale={answer.stale} partial={answer.loading}
        onBrush={(range) => navigate({ extra: { sel: formatSelection({ ...range, low: null, high: null }) } })} />
    </div>
  );
});

const noCells: HeatCell[] = [];

/** Spans over time, those with errors below the others. */
function rateLayers(cells: HeatCell[], length: number): HistogramLayer[] {
  const [errors, others] = [new Array<number>(length).fill(0), new Array<number>(length).fill(0)];
  for (const [time, , count, failed] of cells) {
    if (time < 0 || time >= length) continue;
    errors[time] += failed;
    others[time] += count - failed;
  }
  return [{ name: "errors", colour: "error", values: errors }, { name: "spans", colour: "slot0", values: others }];
}

function unique(rows: TraceRow[]): TraceRow[] {
  const known = new Set<string>();
  return rows.filter((row) => !known.has(row.trace_id) && known.add(row.trace_id) !== undefined);
}
