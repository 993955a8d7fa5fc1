import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { PivotMenu, pivotKeys, Subject } from "../../context/pivots";
import { useShare } from "../../context/share";
import { traceCommand } from "../../core/commands";
import { useJSON } from "../../core/answers";
import { serviceSlots } from "../../core/serviceSlots";
import { duration, groupedCount, percentage } from "../../core/format";
import { useKeys } from "../../core/keys";
import { TraceSkeleton } from "../../core/model";
import { navigate, serverAddress, useView } from "../../core/router";
import { dayAndTime, millisecondsOf } from "../../core/time";
import { sizes } from "../../core/sizes";
import { Separator } from "../../ui/Separator";
import { BigNumber, Button, Link, ServiceName, Tabs } from "../../ui/controls";
import { ErrorPanel } from "../../ui/states";
import { GridHandle } from "../../ui/VirtualGrid";
import { copyText } from "../../ui/toast";
import { Minimap } from "../../viz/Minimap";
import { ClockSkew, correctedTrace, findClockSkew } from "./clockSkew";
import { Flame } from "./Flame";
import { SpanPanel } from "./SpanPanel";
import { TimeWent } from "./TimeWent";
import { TraceLogs } from "./TraceLogs";
import { buildTree, TreeRow, visibleRows } from "./tree";
import { Waterfall } from "./Waterfall";

const views = [
  { id: "waterfall", title: "Waterfall", keys: "1" },
  { id: "flame", title: "Flame", keys: "2" },
  { id: "time", title: "Where time went", keys: "3" },
  { id: "logs", title: "Logs", keys: "4" },
];

/** One trace. */
export function TracePage({ id }: { id: string }): JSX.Element {
  const { data, error } = useJSON<TraceSkeleton>(`traces/${encodeURIComponent(id)}`);
  if (error && !(data && error.code === "offline")) {
    return error.status === 404 ? (
      <div className="state-panel">
        <strong>This trace is not here</strong>
        <p>No span with the id <code>{id}</code> was received, or its retention has passed.</p>
        <Link className="button primary" to={{ page: "traces", id: "" }}>Search traces</Link>
      </div>
    ) : <ErrorPanel error={error} what="The trace could not be read" />;
  }
  return data && data.spans.id.length > 0 ? <Trace trace={data} /> : <div className="page" />;
}

function Trace({ trace: received }: { trace: TraceSkeleton }): JSX.Element {
  const current = useView();
  const skew = useMemo(() => findClockSkew(received), [received]);
  const corrected = current.extra.clocks === "corrected" && skew.shifts.size > 0;
  const trace = useMemo(() => (corrected ? correctedTrace(received, skew) : received), [received, skew, corrected]);
  const tab = views.some((candidate) => candidate.id === current.extra.view) ? current.extra.view : "waterfall";
  const showTab = (next: string): void => navigate({ extra: { view: next === "waterfall" ? null : next } });
  const tree = useMemo(() => buildTree(trace), [trace]);
  const slots = useMemo(() => serviceSlots(trace.services), [trace]);
  const [collapsed, setCollapsed] = useState<ReadonlySet<number>>(new Set());
  const [openGroups, setOpenGroups] = useState<ReadonlySet<string>>(new Set());
  const [critical, setCritical] = useState(false);
  const [search, setSearch] = useState("");
  const [menu, setMenu] = useState(false);
  const rows = useMemo(() => visibleRows(trace, tree, collapsed, openGroups), [trace, tree, collapsed, openGroups]);
  const zoom = parseZoom(current.extra.zoom);
  const setZoom = (part: [number, number] | null): void => navigate({ extra: { zoom: part ? part.map((share) => Number(share.toFixed(4))).join("-") : null } }, true);
  const grid = useRef<GridHandle>(null);
  const spanID = current.extra.span;
  const active = useMemo(() => rows.findIndex((row) => row.kind === "span" && trace.spans.id[row.span] === spanID), [rows, trace, spanID]);
  const [groupRow, setGroupRow] = useState(-1);
  const [opened, setOpened] = useState(spanID !== undefined);
  const cursor = groupRow >= 0 ? groupRow : active;
  const matches = useMemo(() => matching(trace, search) ?? marked(trace, current.extra.match), [trace, search, current.extra.match]);

  const setActive = useCallback((row: number) => {
    const target = rows[row];
    if (!target) return;
    if (target.kind === "group") {
      setGroupRow(row);
      return;
    }
    setGroupRow(-1);
    navigate({ extra: { span: trace.spans.id[target.span] } }, true);
  }, [rows, trace]);
  const toggle = useCallback((row: TreeRow | undefined, wanted?: boolean, whole = false) => {
    if (!row) return;
    if (row.kind === "group") {
      setOpenGroups((before) => withMember(before, row.key, wanted ?? !before.has(row.key)));
      return;
    }
    if (row.children === 0) return;
    setCollapsed((before) => {
      const close = wanted === undefined ? !before.has(row.span) : !wanted;
      if (!whole) return withMember(before, row.span, close);
      const next = new Set(before);
      for (let span = row.span; span <= row.span + tree.descendants[row.span]; span += 1) {
        if (close && tree.children[span].length > 0) next.add(span);
        else next.delete(span);
      }
      return next;
    });
  }, [tree]);
  const jump = (wanted: (span: number) => boolean, step: 1 | -1): void => {
    const count = trace.spans.id.length;
    const from = spanID === undefined ? (step > 0 ? -1 : 0) : trace.spans.id.indexOf(spanID);
    for (let tried = 1; tried <= count; tried += 1) {
      const span = (from + step * tried + count * 2) % count;
      if (!wanted(span)) continue;
      // What hides the span opens: its ancestors, and the group that it is in.
      const ancestors: number[] = [];
      for (let above = trace.spans.parent[span]; above >= 0; above = trace.spans.parent[above]) ancestors.push(above);
      setCollapsed((before) => new Set([...before].filter((item) => !ancestors.includes(item))));
      setOpenGroups((before) => withMember(before, `${trace.spans.parent[span]}/${trace.spans.name[span] * 65_536 + trace.spans.service[span]}`, true));
      setGroupRow(-1);
      navigate({ extra: { span: trace.spans.id[span] } }, true);
      return;
    }
  };
  useEffect(() => {
    if (document.activeElement === document.body) grid.current?.focus();
    if (active > 0) grid.current?.scrollTo(active, "center");
  }, []);

  const index = spanID === undefined ? -1 : trace.spans.id.indexOf(spanID);
  const startOf = millisecondsOf(trace.start);
  const subject: Subject = {
    traceID: trace.trace_id,
    spanID: index >= 0 && opened ? spanID : undefined,
    service: trace.services[index >= 0 ? trace.spans.service[index] : trace.spans.service[0]],
    time: startOf,
    milliseconds: trace.duration / 1e6,
  };
  const closePanel = (): void => {
    setOpened(false);
    grid.current?.focus();
  };
  const zoomToSpan = (): void => {
    if (index < 0 || trace.duration === 0) return;
    const [from, to] = [trace.spans.start[index] / trace.duration, (trace.spans.start[index] + trace.spans.duration[index]) / trace.duration];
    const margin = Math.max(0.0005, (to - from) * 0.05);
    setZoom([Math.max(0, from - margin), Math.min(1, to + margin)]);
  };
  const toggleClocks = (): void => navigate({ extra: { clocks: corrected ? null : "corrected" } });
  const into = (step: number) => (): void => {
    grid.current?.focus();
    setActive(Math.max(0, Math.min(rows.length - 1, cursor + step)));
  };
  useKeys([
    ...views.map((one) => ({ keys: one.keys, label: one.title, group: "This page", run: () => showTab(one.id) })),
    { keys: "c", label: "Critical path", group: "This page", run: () => setCritical(!critical) },
    { keys: "K", label: "Correct the clocks", group: "This page", when: () => skew.shifts.size > 0, run: toggleClocks },
    { keys: "e", label: "Next error", group: "This page", run: () => jump((span) => trace.spans.status[span] === 2, 1) },
    { keys: "E", label: "Previous error", group: "This page", run: () => jump((span) => trace.spans.status[span] === 2, -1) },
    { keys: "n", label: "Next match", group: "This page", when: () => matches !== null, run: () => jump((span) => matches?.has(span) ?? false, 1) },
    { keys: "N", label: "Previous match", group: "This page", when: () => matches !== null, run: () => jump((span) => matches?.has(span) ?? false, -1) },
    { keys: "/", label: "Search in the trace", group: "This page", run: () => document.getElementById("trace-search")?.focus() },
    { keys: "ArrowRight", label: "Expand", group: "Tree", when: () => tab === "waterfall", run: () => toggle(rows[cursor], true) },
    { keys: "ArrowLeft", label: "Collapse", group: "Tree", when: () => tab === "waterfall", run: () => {
      const row = rows[cursor];
      const parent = row?.kind === "span" && (row.children === 0 || collapsed.has(row.span)) ? trace.spans.parent[row.span] : -1;
      if (parent >= 0) setActive(rows.findIndex((other) => other.kind === "span" && other.span === parent));
      else toggle(row, false);
    } },
    { keys: "Shift+ArrowRight", label: "Expand the whole subtree", group: "Tree", when: () => tab === "waterfall", run: () => toggle(rows[cursor], true, true) },
    { keys: "Shift+ArrowLeft", label: "Collapse the whole subtree", group: "Tree", when: () => tab === "waterfall", run: () => toggle(rows[cursor], false, true) },
    { keys: "z", label: "Zoom to this span", group: "This page", when: () => index >= 0, run: zoomToSpan },
    { keys: "Z", label: "The whole trace", group: "This page", run: () => setZoom(null) },
    { keys: "]", label: "Detail", group: "This page", run: () => (opened ? closePanel() : setOpened(true)) },
    { keys: "Escape", label: "Close the detail", group: "This page", when: () => opened && index >= 0, run: closePanel },
    { keys: "j", label: "Into the waterfall", group: "This page", hidden: true, when: () => tab === "waterfall", run: into(1) },
    { keys: "k", label: "Into the waterfall", group: "This page", hidden: true, when: () => tab === "waterfall", run: into(-1) },
    ...pivotKeys(subject, () => setMenu(true)),
  ]);
  useShare({ path: `traces/${trace.trace_id}`, command: traceCommand(serverAddress, trace.trace_id), json: () => JSON.stringify(received) });
  const errors = trace.spans.status.filter((status) => status === 2).length;
  const detail = opened && index >= 0 && tab !== "logs";
  return (
    <div className={`page trace ${detail ? "with-detail" : ""}`}>
      <TraceHead trace={trace} errors={errors} subject={subject} skew={skew} />
      <div className="minimap-place"><Minimap trace={trace} height={60} zoom={zoom} onZoom={setZoom} spanID={spanID} /></div>
      <div className="tab-row">
        <Tabs label="Views of this trace" current={tab} onSelect={showTab} tabs={views.map((one) => ({ ...one, note: one.id === "logs" ? groupedCount(trace.logs) : undefined }))} />
        <span className="push" />
        {tab === "waterfall" || tab === "flame" ? (
          <>
            <input id="trace-search" type="search" aria-label="Search in the trace" placeholder="Search spans  /" value={search} onChange={(event) => setSearch(event.target.value)} onKeyDown={(event) => {
              if (event.key === "Enter") jump((span) => matches?.has(span) ?? false, event.shiftKey ? -1 : 1);
              if (event.key === "Escape") {
                event.preventDefault();
                setSearch("");
                grid.current?.focus();
              }
            }} />
            {matches ? <span className="note" role="status">{groupedCount(matches.size)} match</span> : null}
            {current.extra.match ? <Button kind="quiet" icon="close" title="Show all spans alike" onClick={() => navigate({ extra: { match: null } }, true)}>Matches of the query</Button> : null}
            {zoom ? <Button kind="quiet" keys="Z" onClick={() => setZoom(null)}>Whole trace</Button> : null}
            {skew.shifts.size > 0 ? <Button keys="K" pressed={corrected} title="Moves what runs by another clock into the call that caused it" onClick={toggleClocks}>Correct clocks</Button> : null}
            <Button keys="c" pressed={critical} title="What the trace's duration waited for" onClick={() => setCritical(!critical)}>Critical path</Button>
          </>
        ) : null}
      </div>
      <div className="columns">
        <div className="column-main">
          {tab === "waterfall" ? <Waterfall ref={grid} trace={trace} tree={tree} rows={rows} slots={slots} collapsed={collapsed} openGroups={openGroups} active={cursor} critical={critical} matches={matches} zoomFrom={zoom?.[0] ?? 0} zoomTo={zoom?.[1] ?? 1} skew={skew} corrected={corrected}
            onActive={setActive} onToggle={toggle} onOpen={(row) => {
              if (rows[row]?.kind === "group") toggle(rows[row]);
              else setOpened(true);
            }} /> : null}
          {tab === "flame" ? <Flame trace={trace} tree={tree} slots={slots} active={index} matches={matches} critical={critical} zoomFrom={zoom?.[0] ?? 0} zoomTo={zoom?.[1] ?? 1}
            onActive={(span) => navigate({ extra: { span: trace.spans.id[span] } }, true)} onOpen={() => setOpened(true)} /> : null}
          {tab === "time" ? <TimeWent trace={trace} tree={tree} slots={slots} onOpen={(service, name) => {
            showTab("waterfall");
            jump((span) => trace.spans.service[span] === service && trace.spans.name[span] === name, 1);
            setOpened(true);
          }} /> : null}
          {tab === "logs" ? <TraceLogs trace={trace} /> : null}
        </div>
        {detail ? <><Separator size={sizes.detail} label="Width of the detail" panelIsAfter /><SpanPanel skew={skew} corrected={corrected} trace={trace} index={index} selfTime={tree.selfTime[index]} onClose={closePanel} /></> : null}
      </div>
      {menu ? <PivotMenu subject={subject} onClose={() => setMenu(false)} /> : null}
    </div>
  );
}

function TraceHead({ trace, errors, subject, skew }: { trace: TraceSkeleton; errors: number; subject: Subject; skew: ClockSkew }): JSX.Element {
  const root = trace.spans.parent.findIndex((parent) => parent === -1);
  const first = root >= 0 ? root : 0;
  return (
    <div className="numbers trace-head">
      <div className="trace-title">
        <h2><ServiceName name={trace.services[trace.spans.service[first]]} /> <span className="cut">{trace.names[trace.spans.name[first]]}</span></h2>
        <p className="note">{dayAndTime(millisecondsOf(trace.start), "millisecond")} · <button type="button" className="link-like" title="Copy the trace id" onClick={() => void copyText(trace.trace_id, "Trace id")}>{trace.trace_id}</button></p>
      </div>
      <BigNumber label="Duration" value={duration(trace.duration)} />
      <BigNumber label="Spans" value={trace.total_spans > trace.spans.id.length ? `${groupedCount(trace.spans.id.length)} of ${groupedCount(trace.total_spans)}` : groupedCount(trace.total_spans)} />
      <BigNumber label="Services" value={trace.services.length} />
      <BigNumber label="Errors" value={errors === 0 ? "0" : `✕ ${groupedCount(errors)}`} tone={errors > 0 ? "error" : undefined} />
      {trace.missing_parents.length > 0 ? <p className="badge warning" title={trace.missing_parents.slice(0, 10).join("\n")}>▲ {trace.missing_parents.length} parent spans are missing</p> : null}
      {trace.total_spans > trace.spans.id.length ? <p className="badge warning">▲ {percentage(trace.spans.id.length / trace.total_spans)} of the spans shown: the earliest, all errors and the critical path</p> : null}
      {skew.spans.size > 0 ? <p className="badge warning" title="A span cannot start before what caused it: the clocks of the machines differ. The marks ⇤ and ⇥ say where.">▲ {groupedCount(skew.spans.size)} {skew.spans.size === 1 ? "span lies" : "spans lie"} outside of the parent, by up to {duration(skew.largest)}</p> : null}
      <span className="push" />
      <Link className="button plain" to={{ page: "logs", id: "", from: String(Math.floor((subject.time ?? 0) - 3e5)), to: String(Math.ceil((subject.time ?? 0) + (subject.milliseconds ?? 0) + 3e5)), filters: [{ key: "trace_id", op: "eq", value: trace.trace_id }] }}><span className="text">Logs of this trace</span>{subject.spanID ? null : <kbd>L</kbd>}</Link>
    </div>
  );
}

/** Indices of the spans whose name, service or id contains the text; null without one. */
function matching(trace: TraceSkeleton, search: string): ReadonlySet<number> | null {
  const wanted = search.trim().toLowerCase();
  if (wanted === "") return null;
  const names = trace.names.map((name) => name.toLowerCase().includes(wanted));
  const services = trace.services.map((service) => service.toLowerCase().includes(wanted));
  const found = new Set<number>();
  trace.spans.id.forEach((id, index) => {
    if (names[trace.spans.name[index]] || services[trace.spans.service[index]] || id.startsWith(wanted)) found.add(index);
  });
  return found;
}

/** Indices of the spans that the link marks, e.g. those that a query found; null without any. */
function marked(trace: TraceSkeleton, ids: string | undefined): ReadonlySet<number> | null {
  if (!ids) return null;
  const wanted = new Set(ids.split(","));
  const found = new Set(trace.spans.id.flatMap((id, index) => (wanted.has(id) ? [index] : [])));
  return found.size > 0 ? found : null;
}

function parseZoom(text: string | undefined): [number, number] | null {
  const match = /^([\d.]+)-([\d.]+)$/.exec(text ?? "");
  if (!match) return null;
  const [from, to] = [Number(match[1]), Number(match[2])];
  return from >= 0 && to <= 1 && to > from ? [from, to] : null;
}

function withMember<T>(set: ReadonlySet<T>, member: T, present: boolean): ReadonlySet<T> {
  if (set.has(member) === present) return set;
  const next = new Set(set);
  if (present) next.add(member);
  else next.delete(member);
  return next;
}
