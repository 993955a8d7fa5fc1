import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { PivotMenu, pivotKeys } from "../../context/pivots";
import { brushed, pathOf, question } from "../../context/question";
import { QueryBar } from "../../context/QueryBar";
import { SelectionBar } from "../../context/SelectionBar";
import { useStream } from "../../core/answers";
import { groupedCount } from "../../core/format";
import { useKeys } from "../../core/keys";
import { LogRecord } from "../../core/model";
import { readPreference, writePreference } from "../../core/preferences";
import { navigate, useView, useWindow } from "../../core/router";
import { Button } from "../../ui/controls";
import { EmptyPanel, ErrorPanel, ProgressRow } from "../../ui/states";
import { GridHandle } from "../../ui/VirtualGrid";
import { Facets } from "./Facets";
import { LogDetail, subjectOf } from "./LogDetail";
import { LogGrid, searchWords } from "./LogGrid";
import { SeverityHistogram } from "./SeverityHistogram";
import { useTail } from "./tail";

const pageSize = 200;

/** Lines at most while they are wrapped. */
const wrappedLimit = 500;

/** Logs: query, histogram, facets, lines, one record, live tail. */
export default function LogsPage(): JSX.Element {
  const current = useView();
  const window = useWindow();
  const live = current.extra.live === "1";
  const selected = brushed(current, window);
  const [limit, setLimit] = useState(pageSize);
  const base = pathOf("logs", question(current, selected.window, "logs"));
  useEffect(() => setLimit(pageSize), [base]);
  const answer = useStream<LogRecord>(pathOf("logs", question(current, selected.window, "logs", [["limit", String(limit)]])));
  const tail = useTail(live ? new URLSearchParams([["signal", "logs"], ...question(current, window, "logs").filter(([key]) => key === "q" || key === "f")]).toString() : null);
  const before = useMemo(() => (live ? answer.rows.slice().reverse() : []), [live, answer.rows]);
  const [wrapped, setWrapped] = useState(readPreference("wrap") === "on");
  // Wrapped lines are all in the document, so that their number is kept small.
  const rows = useMemo(() => {
    if (live) return wrapped ? joined(before, tail.rows).slice(-wrappedLimit) : joined(before, tail.rows);
    return wrapped ? answer.rows.slice(0, wrappedLimit) : answer.rows;
  }, [live, wrapped, before, tail.rows, answer.rows]);

  const [active, setActive] = useState(-1);
  const [facets, setFacets] = useState(readPreference("facets") !== "off");
  const [menu, setMenu] = useState(false);
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

  const following = useRef(true);
  useEffect(() => {
    if (!live) return;
    following.current = true;
    setActive(-1);
    grid.current?.scrollToEnd();
  }, [live]);
  useLayoutEffect(() => {
    if (live && following.current) grid.current?.scrollToEnd();
  }, [live, rows]);
  const onScroll = useCallback((atEnd: boolean, upward: boolean) => {
    if (!live || (!atEnd && !upward)) return;
    following.current = atEnd;
    tail.hold(!atEnd);
  }, [live, tail.hold]);

  const open = useCallback((row: number) => {
    const record = rows[row];
    if (record) navigate({ extra: { log: record.id } }, true);
  }, [rows]);
  const select = useCallback((row: number) => {
    setActive(row);
    const record = rows[row];
    if (record && new URLSearchParams(location.search).has("log")) navigate({ extra: { log: record.id } }, true);
  }, [rows]);
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
    writePreference("facets", facets ? "off" : "on");
  };
  const resume = (): void => {
    following.current = true;
    tail.hold(false);
    grid.current?.scrollToEnd();
  };
  useKeys([
    { keys: "w", label: "Wrap lines", group: "This page", run: toggleWrap },
    { keys: "[", label: "Facets", group: "This page", run: toggleFacets },
    { keys: "]", label: "Detail", group: "This page", run: () => (opened ? close() : open(Math.max(0, active))) },
    { keys: "C", label: "Lines around", group: "This page", when: () => record !== null, run: () => {
      if (!opened) open(Math.max(0, active));
      setTimeout(() => document.getElementById("lines-around")?.scrollIntoView({ block: "start" }), 300);
    } },
    { keys: "Escape", label: "Close the detail", group: "This page", when: () => opened !== undefined, run: close },
    { keys: "End", label: "Follow the tail", group: "This page", hidden: !live, when: () => live, run: resume },
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

  const limited = answer.end?.status === "limited" && limit < 10_000;
  const unread = answer.loading ? answer.progress?.unread : null;
  return (
    <div className={`page logs ${opened ? "with-detail" : ""} ${facets ? "" : "no-facets"}`}>
      <QueryBar signal="logs" placeholder={'timeout   "connection refused"   service:checkout   severity:>=warn   -http.route:/health'} error={answer.error} />
      <ProgressRow answer={answer} count={rows.length} what="lines">
        {live ? <span className="live-state">{tail.state === "open" ? `● live, ${groupedCount(tail.rate)} lines/s` : tail.state === "closed" ? "○ the tail was cut, trying again" : "○ connecting"}{tail.dropped > 0 ? ` · a sample is shown, ${groupedCount(tail.dropped)} dropped` : ""}</span> : null}
        <Button kind="quiet" icon="wrap" keys="w" pressed={wrapped} title="Wrap lines" onClick={toggleWrap}>Wrap</Button>
        <Button kind="quiet" icon="filter" keys="[" pressed={facets} title="Facets" onClick={toggleFacets}>Facets</Button>
      </ProgressRow>
      <div className="columns">
        {facets ? <Facets signal="logs" window={selected.window} /> : null}
        <div className="column-main">
          <SeverityHistogram unreadFrom={unread?.[0]} unreadTo={unread?.[1]} />
          <SelectionBar page="logs" />
          {answer.error && answer.error.parameter !== "q" ? <ErrorPanel error={answer.error} what="The lines could not be read" /> : null}
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
                footer={limited && !live ? <div className="grid-footer"><Button onClick={() => setLimit(Math.min(10_000, limit * 4))}>Show {groupedCount(Math.min(10_000, limit * 4))} lines</Button></div> : null}
              />
              {live && tail.waiting > 0 ? <button type="button" className="held-pill" onClick={resume}>Held · {groupedCount(tail.waiting)} new · <kbd>End</kbd> to follow</button> : null}
            </div>
          )}
        </div>
        {opened ? <LogDetail id={opened} known={rows.find((row) => row.id === opened) ?? null} onClose={close} onShow={(line) => navigate({ extra: { log: line.id } }, true)} /> : null}
      </div>
      {menu && subject ? <PivotMenu subject={subject} onClose={() => setMenu(false)} /> : null}
    </div>
  );
}

/** The lines that were there, then those of the tail; a record that is in both appears once. */
function joined(before: LogRecord[], tail: LogRecord[]): LogRecord[] {
  if (tail.length === 0) return before;
  const known = new Set(before.map((record) => record.id));
  return before.concat(tail.filter((record) => !known.has(record.id)));
}
