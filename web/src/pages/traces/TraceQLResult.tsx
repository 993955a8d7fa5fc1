import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { brushed, pathOf } from "../../context/question";
import { PivotMenu, pivotKeys, Subject } from "../../context/pivots";
import { SelectionBar } from "../../context/SelectionBar";
import { useShare } from "../../context/share";
import { duration, groupedCount } from "../../core/format";
import { useKeys } from "../../core/keys";
import { navigate, useView, useWindow } from "../../core/router";
import { StreamAnswer, useStream } from "../../core/streams";
import { clockTime, dayAndTime, millisecondsOf } from "../../core/time";
import { PlanButton, PlanPanel, usePlan } from "../../query/PlanPanel";
import { QueryBar } from "../../query/QueryBar";
import { QuerySeries, SeriesResult, valuesAt } from "../../query/SeriesResult";
import { compatiblePath } from "../../query/sources";
import { StepChoice } from "../../query/StepChoice";
import { stepsOf } from "../../query/steps";
import { isMetricsQuery, traceqlLanguage } from "../../query/traceqlLanguage";
import { QueryRows, useQuery } from "../../query/useQuery";
import { Button, ServiceName, Swatch, Tabs } from "../../ui/controls";
import { EmptyPanel, ErrorPanel, ProgressRow } from "../../ui/states";
import { GridCell, GridHandle, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";
import { traceLanguages } from "./languages";
import { MatchedSpanList } from "./MatchedSpanList";
import { labelsOf, MatchedTrace, nanosecondsBetween, spansOf } from "./matchedTraces";

/** Spans of a spanset that are told, and marked in the trace when it is opened. */
const spanLimit = 20;

/** Traces that are asked at most. */
const traceLimit = 2000;

/** A series of numbers as Tempo's API writes it. */
interface TempoSeries {
  labels?: Parameters<typeof labelsOf>[0];
  samples?: { timestampMs: string; value: number | string }[];
}

function readNumbers(body: unknown): QueryRows<TempoSeries> {
  return { rows: (body as { series?: TempoSeries[] }).series ?? [] };
}

const idOf = (trace: MatchedTrace): string => trace.trace_id;

/** The link of a trace with the spans that the query found in it marked. */
function openTrace(trace: MatchedTrace, spanID?: string): void {
  const ids = spansOf(trace).slice(0, spanLimit).map((span) => span.span_id);
  navigate({ page: "traces", id: trace.trace_id, extra: { span: spanID ?? ids[0] ?? null, match: ids.join(",") } });
}

/** TraceQL: traces with the spans that matched in them, as they are found; numbers as a chart. */
export function TraceQLResult(): JSX.Element {
  const current = useView();
  const window = useWindow();
  const part = brushed(current, window).window;
  const steps = stepsOf(current, window);
  const [limit, setLimit] = useState(100);
  const [active, setActive] = useState(-1);
  const [menu, setMenu] = useState(false);
  const grid = useRef<GridHandle>(null);
  const explain: [string, string][] = usePlan() ? [["explain", "1"]] : [];
  const asks = current.query.trim() !== "";
  const isNumbers = isMetricsQuery(current.query);
  const tab = current.extra.tab === "spans" ? "spans" : "traces";
  useEffect(() => setLimit(100), [current.query, current.from, current.to]);
  const path = isNumbers
    ? compatiblePath("tempo/api/metrics/query_range", [["q", current.query], ["start", String(steps.start)], ["end", String(steps.end)], ["step", `${steps.step}s`], ...explain])
    : pathOf("query", [["lang", "traceql"], ["q", current.query], ["from", String(Math.floor(part.from))], ["to", String(Math.ceil(part.to))], ["limit", String(limit)], ["spans", String(spanLimit)], ...explain]);
  const found = useStream<MatchedTrace>(asks && !isNumbers ? path : null, idOf);
  const numbers = useQuery<TempoSeries>(asks && isNumbers ? path : null, current.query, readNumbers);
  const answer: StreamAnswer<unknown> = isNumbers ? numbers : found;
  const { rows } = found;
  const series = useMemo<QuerySeries[]>(() => numbers.rows.map((one) => ({ labels: labelsOf(one.labels), values: valuesAt(steps, (one.samples ?? []).map(({ timestampMs, value }): [number, number | string] => [Number(timestampMs) / 1000, value])) })), [numbers.rows]);
  const longest = rows.reduce((most, trace) => Math.max(most, trace.duration), 1);
  const hasRows = rows.length > 0;
  useEffect(() => {
    if (hasRows && document.activeElement === document.body) grid.current?.focus();
  }, [hasRows]);
  const row: MatchedTrace | undefined = rows[active];
  const subject: Subject | null = row ? { traceID: row.trace_id, service: row.root_service, time: millisecondsOf(row.start), milliseconds: row.duration / 1e6 } : null;
  const open = useCallback((index: number) => rows[index] && openTrace(rows[index]), [rows]);
  const into = (step: number) => (): void => {
    grid.current?.focus();
    setActive(Math.max(0, Math.min(rows.length - 1, active + step)));
  };
  useKeys([
    { keys: "j", label: "Into the list", group: "This page", hidden: true, run: into(1) },
    { keys: "k", label: "Into the list", group: "This page", hidden: true, run: into(-1) },
    ...pivotKeys(subject, () => setMenu(true)),
  ]);
  useShare({ path, json: () => JSON.stringify(isNumbers ? numbers.body : rows, null, 2) });
  const long = window.to - window.from > 8.64e7;
  return (
    <div className="page traces no-facets">
      <QueryBar languages={traceLanguages} scope="traces" error={answer.error} />
      <ProgressRow answer={answer} count={isNumbers ? series.length : rows.length} what={isNumbers ? "series" : "traces"}>
        {isNumbers ? <StepChoice /> : null}
        <PlanButton />
      </ProgressRow>
      <PlanPanel plan={answer.plan} />
      <div className="columns">
        <div className="column-main">
          <SelectionBar page="traces" />
          {asks && !isNumbers ? <Tabs label="Results" current={tab} onSelect={(id) => navigate({ extra: { tab: id === "traces" ? null : id } })} tabs={[{ id: "traces", title: "Traces" }, { id: "spans", title: "Matched spans" }]} /> : null}
          {answer.error ? <ErrorPanel error={answer.error} what="The query could not be answered" /> : null}
          {!asks ? <Begin /> : isNumbers ? (
            series.length > 0 ? <SeriesResult title={current.query} window={window} steps={steps} series={series} stale={answer.stale} /> : answer.end && !answer.error ? <EmptyPanel signal="traces" /> : null
          ) : rows.length === 0 ? (answer.end && !answer.loading && !answer.error ? <EmptyPanel signal="traces" /> : null) : tab === "spans" ? <MatchedSpanList traces={rows} stale={answer.stale} onOpen={openTrace} /> : (
              <div className={`grid-place ${answer.stale ? "stale" : ""}`}>
                <VirtualGrid ref={grid} className="trace-grid" label="Traces" rowCount={rows.length} rowHeight={28} rowKey={(index) => rows[index]?.trace_id ?? index} active={active} onActive={setActive} onOpen={open}
                  footer={found.end?.status === "limited" && limit < traceLimit ? <div className="grid-footer"><Button onClick={() => setLimit(Math.min(traceLimit, limit * 4))}>Show {groupedCount(Math.min(traceLimit, limit * 4))} traces</Button></div> : null}
                  header={<>
                    <HeaderCell className="time">Start</HeaderCell>
                    <HeaderCell className="service">Root</HeaderCell>
                    <HeaderCell className="name">Operation</HeaderCell>
                    <HeaderCell className="duration">Duration</HeaderCell>
                    <HeaderCell className="number">Matched</HeaderCell>
                    <HeaderCell className="matches">Where it matched</HeaderCell>
                    <HeaderCell className="services">Services</HeaderCell>
                  </>}
                  renderRow={(index) => (rows[index] ? <ResultRow trace={rows[index]} longest={longest} long={long} /> : null)} />
              </div>
            )}
        </div>
      </div>
      {menu && subject ? <PivotMenu subject={subject} onClose={() => setMenu(false)} /> : null}
    </div>
  );
}

function ResultRow({ trace, longest, long }: { trace: MatchedTrace; longest: number; long: boolean }): JSX.Element {
  const time = millisecondsOf(trace.start);
  const length = Math.max(1, trace.duration);
  return (
    <>
      <GridCell className="time">{long ? dayAndTime(time, "second") : clockTime(time)}</GridCell>
      <GridCell className="service"><ServiceName name={trace.root_missing ? undefined : trace.root_service} /></GridCell>
      <GridCell className="name"><span className="cut">{trace.root_missing ? "(unnamed)" : trace.root_name}</span>{trace.root_missing ? <span className="badge warning" title="The root span was not received">▲ no root</span> : null}</GridCell>
      <GridCell className="duration"><span className="bar" style={{ width: `${(100 * length) / longest}%` }} aria-hidden="true" /><span>{duration(length)}</span></GridCell>
      <GridCell className="number">{groupedCount(trace.matched)}</GridCell>
      <GridCell className="matches">
        <span className="match-strip" aria-hidden="true">
          {spansOf(trace).map((span) => {
            const left = (100 * nanosecondsBetween(trace.start, span.start)) / length;
            return <i key={span.span_id} title={`${span.name}  ${duration(span.duration)}`} style={{ left: `${Math.min(99, Math.max(0, left))}%`, width: `${Math.max(1, Math.min(100 - left, (100 * span.duration) / length))}%` }} />;
          })}
        </span>
      </GridCell>
      <GridCell className="services" title={trace.services.map((one) => `${one.name}: ${one.spans} spans${one.errors ? `, ${one.errors} errors` : ""}`).join("\n")}>
        {trace.services.slice(0, 8).map(({ name }) => <Swatch key={name} name={name} />)}
        <span className="note">{trace.services.length}</span>
      </GridCell>
    </>
  );
}

/** What to do with an empty field. */
function Begin(): JSX.Element {
  return (
    <div className="state-panel">
      <strong>Ask in TraceQL</strong>
      <p>Spans in braces, how they relate between them, and a pipeline behind; <kbd>↓</kbd> in the field offers what may come next.</p>
      <div className="row wrap">{(traceqlLanguage.examples ?? []).map((query) => <Button key={query} onClick={() => navigate({ query })}>{query}</Button>)}</div>
    </div>
  );
}
