import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { PivotMenu, pivotKeys } from "../../context/pivots";
import { useShare } from "../../context/share";
import { SelectionBar } from "../../context/SelectionBar";
import { brushed } from "../../context/question";
import { groupedCount } from "../../core/format";
import { useKeys } from "../../core/keys";
import { LogRecord } from "../../core/model";
import { readPreference, writePreference } from "../../core/preferences";
import { navigate, useView, useWindow } from "../../core/router";
import { sizes } from "../../core/sizes";
import { PlanButton, PlanPanel, Remarks, usePlan } from "../../query/PlanPanel";
import { QueryBar } from "../../query/QueryBar";
import { QuerySeries, SeriesResult, valuesAt } from "../../query/SeriesResult";
import { compatiblePath } from "../../query/sources";
import { StepChoice } from "../../query/StepChoice";
import { stepsOf } from "../../query/steps";
import { QueryRows, useQuery } from "../../query/useQuery";
import { Button } from "../../ui/controls";
import { Separator } from "../../ui/Separator";
import { EmptyPanel, ErrorPanel, ProgressRow } from "../../ui/states";
import { GridHandle } from "../../ui/VirtualGrid";
import { isNumbers } from "../../query/logqlLanguage";
import { logLanguages } from "./languages";
import { LogDetail, subjectOf } from "./LogDetail";
import { LogGrid } from "./LogGrid";
import { LogVolume } from "./LogVolume";
import { filteredWords, recordsOf } from "./lokiLines";

const pageSize = 200;

/** Lines that the server gives at most. */
const lineLimit = 5000;

/** Tells the labels of a line apart: those of its stream, its own, and those that the query made. */
const headers = { "x-loki-response-encoding-flags": "categorize-labels" };

interface LokiAnswer {
  data: { resultType: "streams" | "matrix" | "vector" | "scalar"; result: unknown[]; stats?: { summary?: { totalLinesProcessed?: number; totalBytesProcessed?: number } } };
}

interface LokiSeries {
  metric: Record<string, string>;
  values: [number, string][];
}

function typeOf(body: unknown): string | undefined {
  return (body as LokiAnswer | null)?.data?.resultType;
}

/** LogQL: lines in the list with their volume above, numbers as a chart. */
export function LogQLResult(): JSX.Element {
  const current = useView();
  const window = useWindow();
  const selected = brushed(current, window);
  const steps = stepsOf(current, window);
  const [limit, setLimit] = useState(pageSize);
  const [wrapped, setWrapped] = useState(readPreference("wrap") === "on");
  const [active, setActive] = useState(-1);
  const [menu, setMenu] = useState(false);
  const grid = useRef<GridHandle>(null);
  const explains = usePlan();
  const asks = current.query.trim() !== "";
  useEffect(() => setLimit(pageSize), [current.query, current.from, current.to]);
  const read = useCallback((body: unknown): QueryRows<LogRecord> => {
    const { resultType, result, stats } = (body as LokiAnswer).data;
    const statistics = { rows_scanned: stats?.summary?.totalLinesProcessed, bytes_read: stats?.summary?.totalBytesProcessed };
    const rows = resultType === "streams" ? recordsOf(result as Parameters<typeof recordsOf>[0]) : [];
    return { rows, statistics, status: rows.length >= limit ? "limited" : "complete" };
  }, [limit]);
  const isMatrix = isNumbers(current.query);
  const times: [string, string][] = isMatrix
    ? [["start", `${steps.start}000000000`], ["end", `${steps.end}000000000`], ["step", `${steps.step}s`]]
    : [["start", `${Math.floor(selected.window.from)}000000`], ["end", `${Math.ceil(selected.window.to)}000000`], ["limit", String(limit)], ["direction", "backward"]];
  const path = compatiblePath("loki/api/v1/query_range", [["query", current.query], ...times, ...(explains ? [["explain", "1"] as [string, string]] : [])]);
  const answer = useQuery<LogRecord>(asks ? path : null, current.query, read, headers);
  const { rows } = answer;
  const words = useMemo(() => filteredWords(current.query), [current.query]);
  const hasSeries = typeOf(answer.body) === "matrix";
  const series = useMemo<QuerySeries[]>(() => (hasSeries ? (answer.body as LokiAnswer).data.result as LokiSeries[] : []).map((one) => ({ labels: one.metric, values: valuesAt(steps, one.values) })), [answer.body]);
  const opened = current.extra.log;
  const record = rows.find((row) => row.id === opened) ?? rows[active] ?? null;
  const subject = record ? subjectOf(record) : null;
  const hasRows = rows.length > 0;
  useEffect(() => {
    if (hasRows && document.activeElement === document.body) grid.current?.focus();
  }, [hasRows]);
  const open = useCallback((row: number) => {
    if (rows[row]) navigate({ extra: { log: rows[row].id } }, true);
  }, [rows]);
  const select = useCallback((row: number) => {
    setActive(row);
    if (rows[row] && new URLSearchParams(location.search).has("log")) navigate({ extra: { log: rows[row].id } }, true);
  }, [rows, setActive]);
  const close = (): void => {
    navigate({ extra: { log: null } }, true);
    grid.current?.focus();
  };
  const into = (step: number) => (): void => {
    grid.current?.focus();
    select(Math.max(0, Math.min(rows.length - 1, active + step)));
  };
  const toggleWrap = (): void => {
    setWrapped(!wrapped);
    writePreference("wrap", wrapped ? "off" : "on");
  };
  useKeys([
    { keys: "w", label: "Wrap lines", group: "This page", run: toggleWrap },
    { keys: "]", label: "Detail", group: "This page", run: () => (opened ? close() : open(Math.max(0, active))) },
    { keys: "Escape", label: "Close the detail", group: "This page", when: () => opened !== undefined, run: close },
    { keys: "j", label: "Into the lines", group: "This page", hidden: true, run: into(1) },
    { keys: "k", label: "Into the lines", group: "This page", hidden: true, run: into(-1) },
    ...pivotKeys(subject, () => setMenu(true)),
  ]);
  useShare({ path, json: answer.body ? () => JSON.stringify(answer.body, null, 2) : undefined });
  const detail = opened !== undefined && !isMatrix;
  return (
    <div className={`page logs no-facets ${detail ? "with-detail" : ""}`}>
      <QueryBar languages={logLanguages} scope="logs" error={answer.error} />
      <Remarks texts={answer.warnings} />
      <ProgressRow answer={answer} count={isMatrix ? series.length : rows.length} what={isMatrix ? "series" : "lines"}>
        {isMatrix ? <StepChoice /> : <Button kind="quiet" icon="wrap" keys="w" pressed={wrapped} title="Wrap lines" onClick={toggleWrap}>Wrap</Button>}
        <PlanButton />
      </ProgressRow>
      <PlanPanel plan={answer.plan} />
      <div className="columns">
        <div className="column-main">
          {asks && !isMatrix && typeOf(answer.body) === "streams" && answer.error === null ? <LogVolume query={current.query} /> : null}
          <SelectionBar page="logs" />
          {answer.error ? <ErrorPanel error={answer.error} what="The query could not be answered" /> : null}
          {!asks ? <Begin /> : answer.body === null ? null : hasSeries && series.length > 0 ? <SeriesResult title={current.query} window={window} steps={steps} series={series} stale={answer.stale} />
            : rows.length === 0 ? (answer.loading || answer.error ? null : <EmptyPanel signal="logs" />) : (
              <div className={`grid-place ${answer.stale ? "stale" : ""}`}>
                <LogGrid ref={grid} label="Log lines" rows={rows} active={active} onActive={select} onOpen={open} words={words} wrapped={wrapped} long={window.to - window.from > 8.64e7} columns={columns}
                  footer={answer.end?.status === "limited" && limit < lineLimit ? <div className="grid-footer"><Button onClick={() => setLimit(Math.min(lineLimit, limit * 4))}>Show {groupedCount(Math.min(lineLimit, limit * 4))} lines</Button></div> : null} />
              </div>
            )}
        </div>
        {detail ? <><Separator size={sizes.detail} label="Width of the detail" panelIsAfter /><LogDetail key={opened} id={opened} known={rows.find((row) => row.id === opened) ?? null} isMade onClose={close} onShow={() => undefined} /></> : null}
      </div>
      {menu && subject ? <PivotMenu subject={subject} onClose={() => setMenu(false)} /> : null}
    </div>
  );
}

const columns = ["service.name"];

/** What to do with an empty field. */
function Begin(): JSX.Element {
  const examples = ["{service_name=~\".+\"} |= \"error\"", "sum by (service_name) (count_over_time({service_name=~\".+\"}[5m]))"];
  return (
    <div className="state-panel">
      <strong>Ask in LogQL</strong>
      <p>A selector of streams, then filters and parsers; <kbd>↓</kbd> in the field offers what may come next.</p>
      <div className="row wrap">{examples.map((query) => <Button key={query} onClick={() => navigate({ query })}>{query}</Button>)}</div>
    </div>
  );
}
