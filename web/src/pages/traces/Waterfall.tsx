import { forwardRef, memo, useCallback, useMemo } from "react";
import { duration } from "../../core/format";
import { TraceSkeleton } from "../../core/model";
import { theme as themeStore } from "../../core/preferences";
import { useStore } from "../../core/store";
import { sizes } from "../../core/sizes";
import { Separator } from "../../ui/Separator";
import { GridHandle, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";
import { Marks, MarkStrip } from "../../viz/MarkStrip";
import { valueTicks } from "../../viz/canvas";
import { ClockSkew } from "./clockSkew";
import { Tree, TreeRow } from "./tree";
import { GroupCells, SpanCells, WaterfallSetting } from "./WaterfallCells";

interface WaterfallProps {
  trace: TraceSkeleton;
  tree: Tree;
  rows: TreeRow[];
  slots: Map<string, number>;
  skew: ClockSkew;
  corrected: boolean;
  collapsed: ReadonlySet<number>;
  openGroups: ReadonlySet<string>;
  active: number;
  critical: boolean;
  matches: ReadonlySet<number> | null;
  /** Shares of the trace's duration. */
  zoomFrom: number;
  zoomTo: number;
  onActive: (row: number) => void;
  onToggle: (row: TreeRow) => void;
  onOpen: (row: number) => void;
}

/** The spans of a trace as bars over time, in a tree of which only the visible rows are in the document. */
export const Waterfall = memo(forwardRef<GridHandle, WaterfallProps>(function Waterfall(props, handle) {
  const { trace, tree, rows, slots, skew, corrected, critical, collapsed, openGroups, matches, onToggle } = props;
  const theme = useStore(themeStore);
  const [from, to] = [props.zoomFrom * trace.duration, props.zoomTo * trace.duration];
  const span = Math.max(1, to - from);
  const setting = useMemo<WaterfallSetting>(() => ({ trace, tree, slots, skew, corrected, critical, theme, from, span, onToggle }), [trace, tree, slots, skew, corrected, critical, theme, from, span, onToggle]);
  const header = useMemo(() => (
    <>
      <HeaderCell className="name">Span<Separator size={sizes.spanName} label="Width of the span names" className="in-header" /></HeaderCell>
      <HeaderCell className="bars">
        {valueTicks(from, to, 4).filter((tick) => tick >= from && tick <= to - span * 0.14).map((tick) => <span key={tick} className="tick" style={{ left: `${(100 * (tick - from)) / span}%` }}>{duration(tick)}</span>)}
      </HeaderCell>
      <HeaderCell className="number">Duration</HeaderCell>
    </>
  ), [from, to, span]);
  const renderRow = useCallback((index: number) => {
    const row = rows[index];
    if (!row) return null;
    return row.kind === "group" ? <GroupCells row={row} open={openGroups.has(row.key)} setting={setting} /> : <SpanCells row={row} open={!collapsed.has(row.span)} setting={setting} />;
  }, [rows, openGroups, collapsed, setting]);
  const rowClass = useCallback((index: number) => {
    const row = rows[index];
    if (!row || row.kind === "group") return matches ? "dim" : "";
    const classes: string[] = [];
    if (trace.spans.status[row.span] === 2) classes.push("failed");
    if (matches && !matches.has(row.span)) classes.push("dim");
    if (critical && !trace.spans.critical[row.span]) classes.push("off-path");
    return classes.join(" ");
  }, [rows, matches, trace, critical]);
  const level = useCallback((index: number) => levelOf(rows[index], collapsed, openGroups), [rows, collapsed, openGroups]);
  const marks = useMemo<Marks[]>(() => [
    { colour: "error", rows: rowsWith(rows, (span) => trace.spans.status[span] === 2) },
    { colour: "accent", rows: matches ? rowsWith(rows, (span) => matches.has(span)) : [] },
  ], [rows, trace, matches]);
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
        tree={level}
        rowClass={rowClass}
        header={header}
        renderRow={renderRow}
      />
      <MarkStrip marks={marks} rowCount={rows.length} onPick={props.onActive} />
    </div>
  );
}));

/** The rows that hold a span of a kind; a closed group holds all of its members. */
function rowsWith(rows: TreeRow[], wanted: (span: number) => boolean): number[] {
  const found: number[] = [];
  rows.forEach((row, index) => {
    if (row.kind === "span" ? wanted(row.span) : row.members.some(wanted)) found.push(index);
  });
  return found;
}

function keyOf(row: TreeRow | undefined, index: number): string | number {
  return row === undefined ? index : row.kind === "span" ? row.span : row.key;
}

function levelOf(row: TreeRow | undefined, collapsed: ReadonlySet<number>, openGroups: ReadonlySet<string>): { level: number; expanded?: boolean } {
  if (!row) return { level: 1 };
  if (row.kind === "group") return { level: row.depth + 1, expanded: openGroups.has(row.key) };
  return { level: row.depth + 1, expanded: row.children === 0 ? undefined : !collapsed.has(row.span) };
}
