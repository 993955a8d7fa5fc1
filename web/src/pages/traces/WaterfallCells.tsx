import { CSSProperties, memo } from "react";
import { slotStroke } from "../../core/colours";
import { duration, groupedCount } from "../../core/format";
import { TraceSkeleton } from "../../core/model";
import { GridCell } from "../../ui/VirtualGrid";
import { ClockSkew, skewText } from "./clockSkew";
import { Tree, TreeRow } from "./tree";

/** Deeper levels are not indented further; their number is written instead. */
const indentLimit = 24;

/** What all rows of one waterfall share; one object as long as nothing of it changes, so that rows are memos. */
export interface WaterfallSetting {
  trace: TraceSkeleton;
  tree: Tree;
  slots: Map<string, number>;
  skew: ClockSkew;
  /** The clocks on display are corrected. */
  corrected: boolean;
  critical: boolean;
  theme: "dark" | "light";
  /** The zoomed time, nanoseconds from the trace's start. */
  from: number;
  span: number;
  onToggle: (row: TreeRow) => void;
}

function Toggle({ open, onToggle, count }: { open: boolean; onToggle: () => void; count: number }): JSX.Element {
  return (
    <button type="button" tabIndex={-1} className={`toggle ${open ? "open" : ""}`} aria-label={open ? "Collapse" : "Expand"} onClick={(event) => {
      event.stopPropagation();
      onToggle();
    }}>{open ? null : groupedCount(count)}</button>
  );
}

function slotOf({ trace, slots }: WaterfallSetting, index: number): number {
  return slots.get(trace.services[trace.spans.service[index]]) ?? -1;
}

/** A bar's colour; services beyond the eighth repeat the hues, striped. */
function fillOf(slot: number, theme: "dark" | "light"): string {
  const { colour } = slotStroke(slot, theme);
  return slot < 8 ? colour : `repeating-linear-gradient(135deg, ${colour} 0 5px, color-mix(in srgb, ${colour} 50%, var(--s1)) 5px 8px)`;
}

function indent(depth: number): CSSProperties {
  return { paddingLeft: `${8 + Math.min(depth, indentLimit) * 12}px` };
}

/** The place of an interval in the zoomed time, in per cent. */
function placeOf({ from, span }: WaterfallSetting, start: number, length: number): { left: number; width: number } {
  return { left: (100 * (start - from)) / span, width: (100 * length) / span };
}

/** Lines below the bar, as layers of one background: elements of their own would each cost a layout and a layer. */
function criticalLines(setting: WaterfallSetting, index: number): CSSProperties | undefined {
  const parts = setting.trace.spans.critical[index];
  if (!setting.critical || !parts) return undefined;
  const layers = parts.slice(0, 40).map(([start, end]) => {
    const { left, width } = placeOf(setting, start, end - start);
    const [low, high] = [Math.max(0, left), Math.min(100, left + width)];
    if (high < 0 || low > 100) return null;
    const size = Math.max(0.15, high - low);
    return { image: "linear-gradient(var(--t1), var(--t1))", position: `${size >= 100 ? 0 : (100 * low) / (100 - size)}% 19px`, size: `max(2px, ${size}%) 3px` };
  }).filter((layer): layer is { image: string; position: string; size: string } => layer !== null);
  return {
    backgroundImage: layers.map((layer) => layer.image).join(", "), backgroundPosition: layers.map((layer) => layer.position).join(", "),
    backgroundSize: layers.map((layer) => layer.size).join(", "), backgroundRepeat: "no-repeat",
  };
}

/** The cells of one span. */
export const SpanCells = memo(function SpanCells({ row, setting, open }: { row: Extract<TreeRow, { kind: "span" }>; setting: WaterfallSetting; open: boolean }): JSX.Element {
  const { trace, tree, skew } = setting;
  const { spans } = trace;
  const index = row.span;
  const service = trace.services[spans.service[index]];
  const name = trace.names[spans.name[index]];
  const failed = spans.status[index] === 2;
  const { left, width } = placeOf(setting, spans.start[index], spans.duration[index]);
  const end = left + width;
  const slot = slotOf(setting, index);
  const finding = skew.spans.get(index);
  const shift = setting.corrected ? skew.shifts.get(index) : undefined;
  const low = Math.max(0, left);
  return (
    <>
      <div role="gridcell" className="cell name" style={indent(row.depth)} title={`${service} · ${name}`}>
        {row.depth > indentLimit ? <span className="note">{row.depth}</span> : null}
        {row.children > 0 ? <Toggle open={open} count={tree.descendants[index]} onToggle={() => setting.onToggle(row)} /> : null}
        {failed ? <span className="failed-mark" title="status error">✕<span className="off-screen"> error</span></span> : null}
        {spans.parent[index] === -2 ? <span className="warning" title="Its parent span was not received">▲</span> : null}
        {finding ? <span className="warning" title={`${skewText(finding, duration)}${shift ? ` Moved by ${duration(shift)}.` : ""}`}>{finding.before > 0 ? "⇤" : "⇥"}<span className="off-screen"> outside of its parent</span></span> : null}
        <span className={`swatch ${slot >= 8 ? "dashed" : ""} ${row.children > 0 ? "" : "leaf"}`} style={{ ["--swatch" as string]: slotStroke(slot, setting.theme).colour }} aria-hidden="true" />
        <span className="service-word">{service}</span>
        <span className="cut">{name}</span>
      </div>
      <div role="gridcell" className="cell bars" style={criticalLines(setting, index)}>
        {end >= 0 && left <= 100
          ? <span className={shift ? "span-bar moved" : "span-bar"} style={{ marginLeft: `${low}%`, width: `${Math.max(0.15, Math.min(100, end) - low)}%`, background: fillOf(slot, setting.theme) }} />
          : <span className={`off-window ${left > 100 ? "later" : ""}`} title="outside of the zoomed time">{left > 100 ? "→" : "←"}</span>}
        {spans.events[index] > 0 ? <span className="event-mark" title={`${spans.events[index]} events`}>◆</span> : null}
      </div>
      <div role="gridcell" className="cell number">{duration(spans.duration[index])}</div>
    </>
  );
});

/** Bars that a group draws. */
const groupBars = 200;

/** The cells of a group: a bar for each member and the sum of their durations. */
export const GroupCells = memo(function GroupCells({ row, setting, open }: { row: Extract<TreeRow, { kind: "group" }>; setting: WaterfallSetting; open: boolean }): JSX.Element {
  const { trace } = setting;
  const { spans } = trace;
  const first = row.members[0];
  const failures = row.members.filter((member) => spans.status[member] === 2).length;
  const { colour } = slotStroke(slotOf(setting, first), setting.theme);
  const members = row.members.length <= groupBars ? row.members : row.members.filter((_, index) => index % Math.ceil(row.members.length / groupBars) === 0);
  return (
    <>
      <div role="gridcell" className="cell name" style={indent(row.depth)}>
        <Toggle open={open} count={row.members.length} onToggle={() => setting.onToggle(row)} />
        {failures > 0 ? <span className="failed-mark" title={`${failures} with status error`}>✕ {groupedCount(failures)}<span className="off-screen"> errors</span></span> : null}
        <span className="swatch" style={{ ["--swatch" as string]: colour }} aria-hidden="true" />
        <span className="cut group-name">{trace.names[spans.name[first]]} <b>× {groupedCount(row.members.length)}</b></span>
      </div>
      <GridCell className="bars group">
        {members.map((member) => {
          const { left, width } = placeOf(setting, spans.start[member], spans.duration[member]);
          return left > 100 || left + width < 0 ? null : <span key={member} className="span-bar thin" style={{ left: `${left}%`, width: `${Math.max(0.1, width)}%`, background: colour }} />;
        })}
      </GridCell>
      <div role="gridcell" className="cell number" title="Sum of their durations">Σ {duration(row.total)}</div>
    </>
  );
});
