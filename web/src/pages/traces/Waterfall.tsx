import { forwardRef, memo } from "react";
import { slotStroke } from "../../core/colours";
import { duration, groupedCount } from "../../core/format";
import { TraceSkeleton } from "../../core/model";
import { theme as themeStore } from "../../core/preferences";
import { useStore } from "../../core/store";
import { Icon } from "../../ui/icons";
import { GridCell, GridHandle, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";
import { valueTicks } from "../../viz/canvas";
import { Tree, TreeRow } from "./tree";

/** Deeper levels are not indented further; their number is written instead. */
const indentLimit = 24;

interface WaterfallProps {
  trace: TraceSkeleton;
  tree: Tree;
  rows: TreeRow[];
  slots: Map<string, number>;
  collapsed: ReadonlySet<number>;
  openGroups: ReadonlySet<string>;
  active: number;
  critical: boolean;
  matches: ReadonlySet<number> | null;
  zoom: [number, number];
  onActive: (row: number) => void;
  onToggle: (row: TreeRow) => void;
  onOpen: (row: number) => void;
}

/** The spans of a trace as bars over time, in a tree of which only the visible rows are in the document. */
export const Waterfall = memo(forwardRef<GridHandle, WaterfallProps>(function Waterfall(props, handle) {
  const { trace, rows, zoom } = props;
  const theme = useStore(themeStore);
  const [from, to] = [zoom[0] * trace.duration, zoom[1] * trace.duration];
  const span = Math.max(1, to - from);
  const ticks = valueTicks(from, to, 4).filter((tick) => tick >= from && tick <= to - span * 0.14);
  return (
    <div className="grid-place">
      <VirtualGrid
        ref={handle}
        className="waterfall"
        label="Spans of the trace"
        rowCount={rows.length}
        rowHeight={24}
        rowKey={(row) => keyOf(rows[row], row)}
        active={props.active}
        onActive={props.onActive}
        onOpen={props.onOpen}
        tree={(row) => levelOf(rows[row], props)}
        rowClass={(row) => rowClass(rows[row], props)}
        header={<>
          <HeaderCell className="name">Span</HeaderCell>
          <HeaderCell className="bars">{ticks.map((tick) => <span key={tick} className="tick" style={{ left: `${(100 * (tick - from)) / span}%` }}>{duration(tick)}</span>)}</HeaderCell>
          <HeaderCell className="number">Duration</HeaderCell>
        </>}
        renderRow={(index) => {
          const row = rows[index];
          if (!row) return null;
          const shared = { trace, tree: props.tree, slots: props.slots, critical: props.critical, onToggle: props.onToggle, from, span, theme };
          return row.kind === "group" ? <GroupCells row={row} open={props.openGroups.has(row.key)} {...shared} /> : <SpanCells row={row} open={!props.collapsed.has(row.span)} {...shared} />;
        }}
      />
    </div>
  );
}));

function keyOf(row: TreeRow | undefined, index: number): string | number {
  return row === undefined ? index : row.kind === "span" ? row.span : row.key;
}

function levelOf(row: TreeRow | undefined, props: WaterfallProps): { level: number; expanded?: boolean } {
  if (!row) return { level: 1 };
  if (row.kind === "group") return { level: row.depth + 1, expanded: props.openGroups.has(row.key) };
  return { level: row.depth + 1, expanded: row.children === 0 ? undefined : !props.collapsed.has(row.span) };
}

function rowClass(row: TreeRow | undefined, props: WaterfallProps): string {
  if (!row || row.kind === "group") return props.matches ? "dim" : "";
  const classes: string[] = [];
  if (props.trace.spans.status[row.span] === 2) classes.push("failed");
  if (props.matches && !props.matches.has(row.span)) classes.push("dim");
  if (props.critical && !props.trace.spans.critical[row.span]) classes.push("off-path");
  return classes.join(" ");
}

interface CellsProps {
  trace: TraceSkeleton;
  tree: Tree;
  slots: Map<string, number>;
  critical: boolean;
  onToggle: (row: TreeRow) => void;
  open: boolean;
  from: number;
  span: number;
  theme: "dark" | "light";
}

function Toggle({ open, onToggle, count }: { open: boolean; onToggle: () => void; count: number }): JSX.Element {
  return (
    <button type="button" tabIndex={-1} className="toggle" aria-label={open ? "Collapse" : "Expand"} onClick={(event) => {
      event.stopPropagation();
      onToggle();
    }}>
      <Icon name={open ? "down" : "chevron"} size={10} />
      {open ? null : <span className="note">{groupedCount(count)}</span>}
    </button>
  );
}

/** The cells of one span; a memo, so that scrolling renders only the rows that come into sight. */
const SpanCells = memo(function SpanCells({ row, trace, tree, slots, critical, onToggle, open, from, span, theme }: CellsProps & { row: Extract<TreeRow, { kind: "span" }> }): JSX.Element {
  const spans = trace.spans;
  const index = row.span;
  const service = trace.services[spans.service[index]];
  const failed = spans.status[index] === 2;
  const left = (100 * (spans.start[index] - from)) / span;
  const width = (100 * spans.duration[index]) / span;
  const colour = slotStroke(slots.get(service) ?? -1, theme).colour;
  const share = (value: number): string => `${Math.max(-1, Math.min(101, (100 * (value - from)) / span))}%`;
  const end = left + width;
  return (
    <>
      <GridCell className="name" title={`${service} · ${trace.names[spans.name[index]]}`}>
        <span className="indent" style={{ width: `${Math.min(row.depth, indentLimit) * 12}px` }} aria-hidden="true" />
        {row.depth > indentLimit ? <span className="note">{row.depth}</span> : null}
        {row.children > 0 ? <Toggle open={open} count={tree.descendants[index]} onToggle={() => onToggle(row)} /> : <span className="toggle" />}
        {failed ? <span className="failed-mark" title="status error">✕<span className="off-screen"> error</span></span> : null}
        {spans.parent[index] === -2 ? <span className="badge warning" title="Its parent span was not received">▲</span> : null}
        <span className="swatch" style={{ ["--swatch" as string]: colour }} aria-hidden="true" />
        <span className="service-word">{service}</span>
        <span className="cut">{trace.names[spans.name[index]]}</span>
      </GridCell>
      <GridCell className="bars">
        {end >= 0 && left <= 100 ? (
          <span className="span-bar" style={{ left: `${Math.max(-1, left)}%`, width: `${Math.max(0.15, Math.min(101, end) - Math.max(-1, left))}%`, background: colour }} />
        ) : <span className={`off-window ${left > 100 ? "later" : "earlier"}`} title="outside of the zoomed time">{left > 100 ? "→" : "←"}</span>}
        {critical ? (spans.critical[index] ?? []).map(([start, finish]) => <span key={start} className="critical" style={{ left: share(start), width: `calc(${share(finish)} - ${share(start)})` }} />) : null}
        {spans.events[index] > 0 ? <span className="event-mark" style={{ left: `${Math.max(0, Math.min(99, end))}%` }} title={`${spans.events[index]} events`}>◆</span> : null}
      </GridCell>
      <GridCell className="number">{duration(spans.duration[index])}</GridCell>
    </>
  );
});

/** The cells of a group: a bar for each member and the sum of their durations. */
const GroupCells = memo(function GroupCells({ row, trace, slots, onToggle, open, from, span, theme }: CellsProps & { row: Extract<TreeRow, { kind: "group" }> }): JSX.Element {
  const spans = trace.spans;
  const first = row.members[0];
  const service = trace.services[spans.service[first]];
  const colour = slotStroke(slots.get(service) ?? -1, theme).colour;
  return (
    <>
      <GridCell className="name">
        <span className="indent" style={{ width: `${Math.min(row.depth, indentLimit) * 12}px` }} aria-hidden="true" />
        <Toggle open={open} count={row.members.length} onToggle={() => onToggle(row)} />
        <span className="swatch" style={{ ["--swatch" as string]: colour }} aria-hidden="true" />
        <span className="cut group-name">{trace.names[spans.name[first]]} <b>× {groupedCount(row.members.length)}</b></span>
      </GridCell>
      <GridCell className="bars">
        {row.members.slice(0, 400).map((member) => {
          const left = (100 * (spans.start[member] - from)) / span;
          const width = (100 * spans.duration[member]) / span;
          return left > 100 || left + width < 0 ? null : <span key={member} className="span-bar thin" style={{ left: `${left}%`, width: `${Math.max(0.1, width)}%`, background: colour }} />;
        })}
      </GridCell>
      <GridCell className="number" title="Sum of their durations">Σ {duration(row.total)}</GridCell>
    </>
  );
});
