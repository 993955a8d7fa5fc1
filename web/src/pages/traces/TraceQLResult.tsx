import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { brushed } from "../../context/question";
import { PivotMenu, pivotKeys, Subject } from "../../context/pivots";
import { SelectionBar } from "../../context/SelectionBar";
import { useShare } from "../../context/share";
import { duration, groupedCount } from "../../core/format";
import { useKeys } from "../../core/keys";
import { navigate, useView, useWindow } from "../../core/router";
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
import { labelsOf, MatchedTrace, matchedCount, nanosecondsBetween, spansOf } from "./tempoTraces";

/** Spans of a spanset that are told, and marked in the trace when it is opened. */
const spanLimit = 20;

/** Traces that are asked at most. */
const traceLimit = 2000;

interface TempoAnswer {
  traces?: MatchedTrace[];
  series?: { labels?: Parameters<typeof labelsOf>[0]; samples?: { timestampMs: string; value: number | string }[] }[];
  status?: string;
  message?: string;
  metrics?: { inspectedBytes?: string; inspectedSpans?: string };
}

function read(body: unknown): QueryRows<MatchedTrace> {
  const { traces, status, message, metrics } = body as TempoAnswer;
  const statistics = { rows_scanned: metrics?.inspectedSpans === undefined ? undefined : Number(metrics.inspectedSpans), bytes_read: metrics?.inspectedBytes === undefined ? undefined : Number(metrics.inspectedBytes) };
  return { rows: traces ?? [], statistics, status: status === "PARTIAL" ? "partial" : "complete", why: message };
}

/** The link of a trace with the spans that the query found in it marked. */
function openTrace(trace: MatchedTrace, spanID?: string): void {
  const ids = spansOf(trace).slice(0, spanLimit).map((span) => span.spanID);
  navigate({ page: "traces", id: trace.traceID, extra: { span: spanID ?? ids[0] ?? null, match: ids.join(",") } });
}

/** TraceQL: traces with the spans that matched in them, numbers as a chart. */
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
    : compatiblePath("tempo/api/search", [["q", current.query], ["start", `${Math.floor(part.from)}000000`], ["end", `${Math.ceil(part.to)}000000`], ["limit", String(limit)], ["spss", String(spanLimit)], ...explain]);
  const answer = useQuery<MatchedTrace>(asks ? path : null, current.query, read);
  const { rows } = answer;
  const found = (answer.body as TempoAnswer | null)?.series;
  const series = useMemo<QuerySeries[]>(() => (found ?? []).map((one) => ({ labels: labelsOf(one.labels), values: valuesAt(steps, (one.samples ?? []).map(({ timestampMs, value }): [number, number | string] => [Number(timestampMs) / 1000, value])) })), [found]);
  const longest = rows.reduce((most, trace) => Math.max(most, lengthOf(trace)), 1);
  const hasRows = rows.length > 0;
  useEffect(() => {
    if (hasRows && document.activeElement === document.body) grid.current?.focus();
  }, [hasRows]);
  const row: MatchedTrace | undefined = rows[active];
  const subject: Subject | null = row ? { traceID: row.traceID, service: row.rootServiceName, time: millisecondsOf(row.startTimeUnixNano), milliseconds: row.durationMs } : null;
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
  useShare({ path, json: answer.body ? () => JSON.stringify(answer.body, null, 2) : undefined });
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
          {!asks ? <Begin /> : answer.body === null ? null : found && series.length > 0 ? <SeriesResult title={current.query} window={window} steps={steps} series={series} stale={answer.stale} />
            : rows.length === 0 ? (answer.loading || answer.error ? null : <EmptyPanel signal="traces" />) : tab === "spans" ? <MatchedSpanList traces={rows} stale={answer.stale} onOpen={openTrace} /> : (
              <div className={`grid-place ${answer.stale ? "stale" : ""}`}>
                <VirtualGrid ref={grid} className="trace-grid" label="Traces" rowCount={rows.length} rowHeight={28} rowKey={(index) => rows[index]?.traceID ?? index} active={active} onActive={setActive} onOpen={open}
                  footer={rows.length >= limit && limit < traceLimit ? <div className="grid-footer"><Button onClick={() => setLimit(Math.min(traceLimit, limit * 4))}>Show {groupedCount(Math.min(traceLimit, limit * 4))} traces</Button></div> : null}
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

/** Nanoseconds of a trace; the API gives whole milliseconds, a span that matched may say it better. */
function lengthOf(trace: MatchedTrace): number {
  return spansOf(trace).reduce((most, span) => Math.max(most, nanosecondsBetween(trace.startTimeUnixNano, span.startTimeUnixNano) + Number(span.durationNanos)), trace.durationMs * 1e6);
}

function ResultRow({ trace, longest, long }: { trace: MatchedTrace; longest: number; long: boolean }): JSX.Element {
  const time = millisecondsOf(trace.startTimeUnixNano);
  const length = Math.max(1, lengthOf(trace));
  const isMissing = trace.rootTraceName.startsWith("<");
  const services = Object.entries(trace.serviceStats);
  const matched = matchedCount(trace);
  return (
    <>
      <GridCell className="time">{long ? dayAndTime(time, "second") : clockTime(time)}</GridCell>
      <GridCell className="service"><ServiceName name={isMissing ? undefined : trace.rootServiceName} /></GridCell>
      <GridCell className="name"><span className="cut">{isMissing ? "(unnamed)" : trace.rootTraceName}</span>{isMissing ? <span className="badge warning" title="The root span was not received">▲ no root</span> : null}</GridCell>
      <GridCell className="duration"><span className="bar" style={{ width: `${(100 * length) / longest}%` }} aria-hidden="true" /><span>{duration(length)}</span></GridCell>
      <GridCell className="number">{groupedCount(matched)}</GridCell>
      <GridCell className="matches">
        <span className="match-strip" aria-hidden="true">
          {spansOf(trace).map((span) => {
            const left = (100 * nanosecondsBetween(trace.startTimeUnixNano, span.startTimeUnixNano)) / length;
            return <i key={span.spanID} title={`${span.name}  ${duration(Number(span.durationNanos))}`} style={{ left: `${Math.min(99, Math.max(0, left))}%`, width: `${Math.max(1, Math.min(100 - left, (100 * Number(span.durationNanos)) / length))}%` }} />;
          })}
        </span>
      </GridCell>
      <GridCell className="services" title={services.map(([name, one]) => `${name}: ${one.spanCount} spans${one.errorCount ? `, ${one.errorCount} errors` : ""}`).join("\n")}>
        {services.slice(0, 8).map(([name]) => <Swatch key={name} name={name} />)}
        <span className="note">{services.length}</span>
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
