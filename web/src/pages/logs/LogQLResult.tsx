import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { PivotMenu, pivotKeys } from "../../context/pivots";
import { useShare } from "../../context/share";
import { SelectionBar } from "../../context/SelectionBar";
import { brushed, pathOf } from "../../context/question";
import { Parameters } from "../../core/api";
import { groupedCount } from "../../core/format";
import { useKeys } from "../../core/keys";
import { LogRecord } from "../../core/model";
import { StreamMessage } from "../../core/ndjson";
import { readPreference, writePreference } from "../../core/preferences";
import { navigate, useView, useWindow } from "../../core/router";
import { sizes } from "../../core/sizes";
import { StreamAnswer, useStream } from "../../core/streams";
import { PlanButton, PlanPanel, Remarks, usePlan } from "../../query/PlanPanel";
import { QueryBar } from "../../query/QueryBar";
import { QuerySeries, SeriesResult, valuesAt } from "../../query/SeriesResult";
import { compatiblePath } from "../../query/sources";
import { StepChoice } from "../../query/StepChoice";
import { stepsOf } from "../../query/steps";
import { QueryRows, useQuery } from "../../query/useQuery";
import { Button, Tabs } from "../../ui/controls";
import { Separator } from "../../ui/Separator";
import { EmptyPanel, ErrorPanel, ProgressRow } from "../../ui/states";
import { GridHandle } from "../../ui/VirtualGrid";
import { isNumbers } from "../../query/logqlKind";
import { logLanguages } from "./languages";
import { LogDetail, subjectOf } from "./LogDetail";
import { LogGrid } from "./LogGrid";
import { LogVolume } from "./LogVolume";
import { PatternList } from "./PatternList";
import { filteredWords, LokiStream, recordsOf, StreamLabels } from "./lokiLines";
import { useTail } from "./tail";
import { HeldPill, tailKeys, TailState } from "./TailState";
import { useFollowing, useShownRows } from "./tailRows";
import { lokiTail } from "./tailSources";

const pageSize = 200;

/** Lines that the server gives at most. */
const lineLimit = 5000;

interface LokiSeries {
  metric: Record<string, string>;
  values: [number, string][];
}

/** Numbers as Loki's API writes them. */
interface LokiNumbers {
  data: { result: LokiSeries[]; stats?: { summary?: { totalLinesProcessed?: number; totalBytesProcessed?: number } } };
}

function readNumbers(body: unknown): QueryRows<LokiSeries> {
  const { result, stats } = (body as LokiNumbers).data;
  return { rows: result, statistics: { rows_scanned: stats?.summary?.totalLinesProcessed, bytes_read: stats?.summary?.totalBytesProcessed } };
}

const idOf = (record: LogRecord): string => record.id;

/** LogQL: lines in the list with their volume above, as they are found or live; numbers as a chart. */
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
  const explain: Parameters = usePlan() ? [["explain", "1"]] : [];
  const asks = current.query.trim() !== "";
  const isMatrix = isNumbers(current.query);
  const tab = current.extra.tab === "patterns" && asks && !isMatrix ? "patterns" : "lines";
  const live = current.extra.live === "1" && asks && !isMatrix && tab === "lines";
  useEffect(() => setLimit(pageSize), [current.query, current.from, current.to]);
  const streamLabels = useMemo<StreamLabels>(() => new Set(), [current.query]);
  const rowsOf = useCallback((message: StreamMessage) => recordsOf(message.streams as LokiStream[], streamLabels), [streamLabels]);
  const path = isMatrix
    ? compatiblePath("loki/api/v1/query_range", [["query", current.query], ["start", `${steps.start}000000000`], ["end", `${steps.end}000000000`], ["step", `${steps.step}s`], ...explain])
    : pathOf("query", [["lang", "logql"], ["q", current.query], ["from", String(Math.floor(selected.window.from))], ["to", String(Math.ceil(selected.window.to))], ["limit", String(limit)], ...explain]);
  const lines = useStream<LogRecord>(asks && !isMatrix && tab === "lines" ? path : null, idOf, rowsOf);
  const numbers = useQuery<LokiSeries>(asks && isMatrix ? path : null, current.query, readNumbers);
  const answer: StreamAnswer<unknown> = isMatrix ? numbers : lines;
  const tail = useTail(live ? lokiTail(current.query, streamLabels) : null);
  const rows = useShownRows(live, tail, lines.rows, wrapped);
  const words = useMemo(() => filteredWords(current.query), [current.query]);
  const series = useMemo<QuerySeries[]>(() => numbers.rows.map((one) => ({ labels: one.metric, values: valuesAt(steps, one.values) })), [numbers.rows]);
  const opened = current.extra.log;
  const record = rows.find((row) => row.id === opened) ?? rows[active] ?? null;
  const subject = record ? subjectOf(record) : null;
  const hasRows = rows.length > 0;
  useEffect(() => {
    if (hasRows && document.activeElement === document.body) grid.current?.focus();
  }, [hasRows]);
  const { onScroll, pause, resume } = useFollowing(live, tail, rows, grid);
  useEffect(() => {
    if (live) setActive(-1);
  }, [live]);
  const open = useCallback((row: number) => {
    if (rows[row]) navigate({ extra: { log: rows[row].id } }, true);
  }, [rows]);
  const select = useCallback((row: number) => {
    setActive(row);
    pause();
    if (rows[row] && new URLSearchParams(location.search).has("log")) navigate({ extra: { log: rows[row].id } }, true);
  }, [rows, pause, setActive]);
  const close = (): void => {
    navigate({ extra: { log: null } }, true);
    grid.current?.focus();
  };
  const into = (step: number) => (): void => {
    grid.current?.focus();
    select(active < 0 && live ? rows.length - 1 : Math.max(0, Math.min(rows.length - 1, active + step)));
  };
  const toggleWrap = (): void => {
    setWrapped(!wrapped);
    writePreference("wrap", wrapped ? "off" : "on");
  };
  const showTab = (id: string): void => navigate({ extra: { tab: id === "lines" ? null : id, log: null } });
  useKeys([
    { keys: "1", label: "Lines", group: "This page", run: () => showTab("lines") },
    { keys: "2", label: "Patterns", group: "This page", when: () => asks && !isMatrix, run: () => showTab("patterns") },
    { keys: "w", label: "Wrap lines", group: "This page", run: toggleWrap },
    { keys: "]", label: "Detail", group: "This page", run: () => (opened ? close() : open(Math.max(0, active))) },
    { keys: "Escape", label: "Close the detail", group: "This page", when: () => opened !== undefined, run: close },
    { keys: "j", label: "Into the lines", group: "This page", hidden: true, run: into(1) },
    { keys: "k", label: "Into the lines", group: "This page", hidden: true, run: into(-1) },
    ...tailKeys(live, tail, resume),
    ...pivotKeys(subject, () => setMenu(true)),
  ]);
  useShare({ path, json: () => JSON.stringify(isMatrix ? numbers.body : rows, null, 2) });
  const detail = opened !== undefined && !isMatrix;
  return (
    <div className={`page logs no-facets ${detail ? "with-detail" : ""}`}>
      <QueryBar languages={logLanguages} scope="logs" error={answer.error} />
      <Remarks texts={numbers.warnings} />
      <ProgressRow answer={answer} count={isMatrix ? series.length : rows.length} what={isMatrix ? "series" : "lines"}>
        {live ? <TailState tail={tail} /> : null}
        {isMatrix ? <StepChoice /> : <Button kind="quiet" icon="wrap" keys="w" pressed={wrapped} title="Wrap lines" onClick={toggleWrap}>Wrap</Button>}
        <PlanButton />
      </ProgressRow>
      <PlanPanel plan={answer.plan} />
      <div className="columns">
        <div className="column-main">
          {asks && !isMatrix && (lines.meta !== null || tab === "patterns") && lines.error === null ? <LogVolume query={current.query} /> : null}
          {asks && !isMatrix ? <Tabs label="Results" current={tab} onSelect={showTab} tabs={[{ id: "lines", title: "Lines", keys: "1" }, { id: "patterns", title: "Patterns", keys: "2" }]} /> : null}
          <SelectionBar page="logs" />
          {answer.error ? <ErrorPanel error={answer.error} what="The query could not be answered" /> : null}
          {!asks ? <Begin /> : tab === "patterns" ? <PatternList query={current.query} window={selected.window} /> : isMatrix ? (
            series.length > 0 ? <SeriesResult title={current.query} window={window} steps={steps} series={series} stale={answer.stale} /> : numbers.end && !numbers.error ? <EmptyPanel signal="logs" /> : null
          ) : rows.length === 0 && !live ? (lines.end && !lines.error && !lines.loading ? <EmptyPanel signal="logs" /> : null) : (
            <div className={`grid-place ${answer.stale ? "stale" : ""}`}>
              <LogGrid ref={grid} label="Log lines" rows={rows} fromEnd={live} active={active} onActive={select} onOpen={open} words={words} wrapped={wrapped} long={window.to - window.from > 8.64e7} onScroll={onScroll} columns={columns} notes={live ? tail.notes : undefined}
                footer={lines.end?.status === "limited" && limit < lineLimit && !live ? <div className="grid-footer"><Button onClick={() => setLimit(Math.min(lineLimit, limit * 4))}>Show {groupedCount(Math.min(lineLimit, limit * 4))} lines</Button></div> : null} />
              {live ? <HeldPill tail={tail} onFollow={resume} /> : null}
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
