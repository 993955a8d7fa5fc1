import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { readColumns, toggledColumn, writeColumns } from "../../context/columns";
import { PivotMenu, pivotKeys } from "../../context/pivots";
import { useShare } from "../../context/share";
import { queryCommand } from "../../core/commands";
import { brushed, pathOf, question } from "../../context/question";
import { QueryBar } from "../../query/QueryBar";
import { SelectionBar } from "../../context/SelectionBar";
import { useStream } from "../../core/streams";
import { groupedCount } from "../../core/format";
import { useKeys } from "../../core/keys";
import { LogRecord } from "../../core/model";
import { narrowWindow } from "../../core/media";
import { readPreference, writePreference } from "../../core/preferences";
import { navigate, serverAddress, useView, useWindow } from "../../core/router";
import { sizes } from "../../core/sizes";
import { ViewPatch } from "../../core/url";
import { Button, Link, Popover } from "../../ui/controls";
import { Separator } from "../../ui/Separator";
import { EmptyPanel, ErrorPanel, ProgressRow } from "../../ui/states";
import { GridHandle } from "../../ui/VirtualGrid";
import { ColumnBox } from "./ColumnBox";
import { Facets } from "./Facets";
import { logLanguages } from "./languages";
import { LogDetail, subjectOf } from "./LogDetail";
import { LogGrid, searchWords } from "./LogGrid";
import { selectorOf } from "./patterns";
import { SeverityHistogram } from "./SeverityHistogram";
import { useTail } from "./tail";
import { HeldPill, tailKeys, TailState } from "./TailState";
import { searchTail } from "./tailSources";
import { useFollowing, useShownRows } from "./tailRows";

const pageSize = 200;

const idOf = (record: LogRecord): string => record.id;

/** Logs: query, histogram, facets, lines, one record, live tail. */
export function LogSearch(): JSX.Element {
  const current = useView();
  const window = useWindow();
  const live = current.extra.live === "1";
  const selected = brushed(current, window);
  const [limit, setLimit] = useState(pageSize);
  const base = pathOf("logs", question(current, selected.window, "logs"));
  useEffect(() => setLimit(pageSize), [base]);
  const asked = question(current, selected.window, "logs", [["limit", String(limit)]]);
  const answer = useStream<LogRecord>(pathOf("logs", asked), idOf);
  const tail = useTail(live ? searchTail(new URLSearchParams(question(current, window, "logs").filter(([key]) => key === "q" || key === "f")).toString()) : null);
  const [wrapped, setWrapped] = useState(readPreference("wrap") === "on");
  const rows = useShownRows(live, tail, answer.rows, wrapped);

  const [active, setActive] = useState(-1);
  const [facets, setFacets] = useState(!narrowWindow.get() && readPreference("facets") !== "off");
  const [menu, setMenu] = useState(false);
  const [columnBox, setColumnBox] = useState(false);
  const columns = useMemo(() => readColumns(current.extra.cols), [current.extra.cols]);
  const choice = useMemo(() => ({ has: (field: string) => columns.includes(field), toggle: (field: string) => setColumns(toggledColumn(columns, field)) }), [columns]);
  const grid = useRef<GridHandle>(null);
  const opened = current.extra.log;
  const words = useMemo(() => searchWords(current.query), [current.query]);
  useEffect(() => {
    setActive((row) => (row >= rows.length ? rows.length - 1 : row));
  }, [rows.length]);
  // The lines are what this page is for: once they are there, the keys work on them without a Tab.
  const hasRows = rows.length > 0;
  useEffect(() => {
    if (hasRows && document.activeElement === document.body) grid.current?.focus();
  }, [hasRows]);

  const { onScroll, pause, resume } = useFollowing(live, tail, rows, grid);
  useEffect(() => {
    if (live) setActive(-1);
  }, [live]);

  const open = useCallback((row: number) => {
    const record = rows[row];
    if (record) navigate({ extra: { log: record.id } }, true);
  }, [rows]);
  const select = useCallback((row: number) => {
    setActive(row);
    pause();
    const record = rows[row];
    if (record && new URLSearchParams(location.search).has("log")) navigate({ extra: { log: record.id } }, true);
  }, [rows, pause]);
  const close = (): void => {
    navigate({ extra: { log: null } }, true);
    grid.current?.focus();
  };
  const record = rows.find((row) => row.id === opened) ?? rows[active] ?? null;
  const subject = record ? subjectOf(record) : null;
  const toggleWrap = (): void => {
    setWrapped(!wrapped);
    writePreference("wrap", wrapped ? "off" : "on");
  };
  const toggleFacets = (): void => {
    setFacets(!facets);
    // On a narrow window the facets take the place of the lines: that is no choice for the next visit.
    if (!narrowWindow.get()) writePreference("facets", facets ? "off" : "on");
  };
  const patterns: ViewPatch = { query: selectorOf(current.filters), extra: { lang: "logql", tab: "patterns", log: null, live: null } };
  useKeys([
    { keys: "P", label: "Patterns of the lines", group: "This page", run: () => navigate(patterns) },
    { keys: "w", label: "Wrap lines", group: "This page", run: toggleWrap },
    { keys: "[", label: "Facets", group: "This page", run: toggleFacets },
    { keys: "]", label: "Detail", group: "This page", run: () => (opened ? close() : open(Math.max(0, active))) },
    { keys: "C", label: "Lines around", group: "This page", when: () => record !== null, run: () => {
      if (!opened) open(Math.max(0, active));
      setTimeout(() => document.getElementById("lines-around")?.scrollIntoView({ block: "start" }), 300);
    } },
    { keys: "Escape", label: "Close the detail", group: "This page", when: () => opened !== undefined, run: close },
    { keys: "v", label: "Columns", group: "This page", run: () => setColumnBox(true) },
    ...tailKeys(live, tail, resume),
    { keys: "j", label: "Into the lines", group: "This page", hidden: true, run: () => {
      grid.current?.focus();
      select(active < 0 && live ? rows.length - 1 : Math.min(rows.length - 1, active + 1));
    } },
    { keys: "k", label: "Into the lines", group: "This page", hidden: true, run: () => {
      grid.current?.focus();
      select(active < 0 && live ? rows.length - 1 : Math.max(0, active - 1));
    } },
    ...pivotKeys(subject, () => setMenu(true)),
  ]);

  useShare({ path: pathOf("logs", asked), command: queryCommand(serverAddress, "logs", asked), json: () => JSON.stringify(rows, null, 2) });
  const limited = answer.end?.status === "limited" && limit < 10_000;
  const unread = answer.loading ? answer.progress?.unread : null;
  return (
    <div className={`page logs ${opened ? "with-detail" : ""} ${facets ? "" : "no-facets"}`}>
      <QueryBar languages={logLanguages} scope="logs" error={answer.error} />
      <ProgressRow answer={answer} count={rows.length} what="lines">
        {live ? <TailState tail={tail} /> : null}
        <span className="anchor">
          <Button kind="quiet" icon="column" keys="v" title="Columns" expanded={columnBox} onClick={() => setColumnBox(!columnBox)}>Columns</Button>
          <Popover open={columnBox} onClose={() => setColumnBox(false)} label="Columns" align="right"><ColumnBox columns={columns} onChange={setColumns} /></Popover>
        </span>
        <Link className="button quiet" to={patterns} title="What the lines have in common, in LogQL  P"><span className="text">Patterns</span><kbd>P</kbd></Link>
        <Button kind="quiet" icon="wrap" keys="w" pressed={wrapped} title="Wrap lines" onClick={toggleWrap}>Wrap</Button>
        <Button kind="quiet" icon="filter" keys="[" pressed={facets} title="Facets" onClick={toggleFacets}>Facets</Button>
      </ProgressRow>
      <div className="columns">
        {facets ? <><Facets signal="logs" window={selected.window} columns={choice} /><Separator size={sizes.facets} label="Width of the facets" /></> : null}
        <div className="column-main">
          <SeverityHistogram unreadFrom={unread?.[0]} unreadTo={unread?.[1]} />
          <SelectionBar page="logs" />
          {answer.error ? <ErrorPanel error={answer.error} what="The lines could not be read" /> : null}
          {rows.length === 0 && !answer.loading && !answer.error && !live ? <EmptyPanel signal="logs" /> : (
            <div className={`grid-place ${answer.stale ? "stale" : ""}`}>
              <LogGrid
                ref={grid}
                label="Log lines"
                rows={rows}
                fromEnd={live}
                active={active}
                onActive={select}
                onOpen={open}
                words={words}
                wrapped={wrapped}
                long={window.to - window.from > 8.64e7}
                onScroll={onScroll}
                columns={columns}
                onColumns={setColumns}
                notes={live ? tail.notes : undefined}
                footer={limited && !live ? <div className="grid-footer"><Button onClick={() => setLimit(Math.min(10_000, limit * 4))}>Show {groupedCount(Math.min(10_000, limit * 4))} lines</Button></div> : null}
              />
              {live ? <HeldPill tail={tail} onFollow={resume} /> : null}
            </div>
          )}
        </div>
        {opened ? <><Separator size={sizes.detail} label="Width of the detail" panelIsAfter /><LogDetail columns={choice} id={opened} known={rows.find((row) => row.id === opened) ?? null} onClose={close} onShow={(line) => navigate({ extra: { log: line.id } }, true)} /></> : null}
      </div>
      {menu && subject ? <PivotMenu subject={subject} onClose={() => setMenu(false)} /> : null}
    </div>
  );
}

function setColumns(columns: string[]): void {
  navigate({ extra: { cols: writeColumns(columns) } });
}
