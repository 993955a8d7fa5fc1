import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { sequential, tokens } from "../core/colours";
import { compactCount, duration, groupedCount } from "../core/format";
import { Theme, theme as themeStore } from "../core/preferences";
import { TimeWindow } from "../core/router";
import { useStore } from "../core/store";
import { clockTime, dayAndTime, tickText, timeTicks } from "../core/time";
import { Selection } from "../core/url";
import { useWidth } from "../ui/controls";
import { crisp, hatch, prepare } from "./canvas";
import { Twin } from "./Plot";

/** Time index, duration bucket, spans, spans with errors. */
export type HeatCell = [number, number, number, number];

interface HeatmapProps {
  window: TimeWindow;
  times: number[];
  step: number;
  base: number;
  cells: HeatCell[];
  height?: number;
  selection: Selection | null;
  onSelect: (selection: Selection | null) => void;
  stale?: boolean;
}

/** Rows beyond this many are gathered in a hatched row above or below. */
const rowLimit = 40;

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Time by logarithmic duration; errors are an outlined second layer. A box is brushed by pointer or by Shift and arrows. */
export function Heatmap(props: HeatmapProps): JSX.Element {
  const { times, step, window: range, selection, onSelect } = props;
  const { base, cells } = useMemo(() => merged(props.base, props.cells), [props.base, props.cells]);
  const height = props.height ?? 200;
  const theme = useStore(themeStore);
  const [host, width] = useWidth<HTMLDivElement>();
  const below = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const [asTable, setAsTable] = useState(false);
  const [spoken, setSpoken] = useState("");
  const cursor = useRef<{ time: number; row: number; anchorTime: number; anchorRow: number } | null>(null);
  const drag = useRef<Box | null>(null);

  const rows = useMemo(() => rowRange(cells), [cells]);
  const counts = useMemo(() => {
    const map = new Map<number, HeatCell>();
    for (const [time, bucket, count, errors] of cells) {
      const row = Math.max(rows.first, Math.min(rows.last, bucket));
      const key = time * 4096 + (row - rows.first);
      const before = map.get(key);
      map.set(key, [time, row, count + (before?.[2] ?? 0), errors + (before?.[3] ?? 0)]);
    }
    return map;
  }, [cells, rows]);
  const most = useMemo(() => Math.max(1, ...[...counts.values()].map((cell) => cell[2])), [counts]);
  const [left, right, top, bottom] = [58, Math.max(59, width - 8), 8, height - 20];
  const rowCount = rows.last - rows.first + 1;
  const x = (time: number): number => left + ((time - range.from) / (range.to - range.from)) * (right - left);
  const rowTop = (row: number): number => bottom - ((row - rows.first + 1) / rowCount) * (bottom - top);
  const timeAt = (px: number): number => range.from + ((px - left) / (right - left)) * (range.to - range.from);
  const rowAt = (py: number): number => rows.first + (bottom - py) / ((bottom - top) / rowCount);
  const nanoseconds = (row: number): number => base ** row;
  const colourOf = (count: number): string => {
    const scale = sequential[theme];
    const position = most <= 1 ? scale.length - 1 : (Math.log(count) / Math.log(most)) * (scale.length - 1);
    return scale[Math.max(0, Math.min(scale.length - 1, Math.round(position)))];
  };

  useLayoutEffect(() => {
    if (!below.current || width === 0 || asTable) return;
    const context = prepare(below.current, width, height);
    if (!context) return;
    const cellHeight = (bottom - top) / rowCount;
    for (const [time, row, count, errors] of counts.values()) {
      const start = times[time];
      if (start === undefined) continue;
      const x1 = Math.max(left, x(start));
      const cellWidth = Math.max(1.5, x(start + step) - x1 - (step / (range.to - range.from) * (right - left) > 4 ? 1 : 0));
      context.fillStyle = colourOf(count);
      context.fillRect(x1, rowTop(row), cellWidth, Math.max(1, cellHeight - (cellHeight > 3 ? 1 : 0)));
      if (errors > 0) {
        context.strokeStyle = tokens[theme].error;
        context.strokeRect(crisp(x1), crisp(rowTop(row)), Math.max(1, cellWidth - 1), Math.max(1, cellHeight - 2));
      }
    }
    if (rows.below) hatch(context, left, rowTop(rows.first), right - left, cellHeight, tokens[theme].control);
    if (rows.above) hatch(context, left, rowTop(rows.last), right - left, cellHeight, tokens[theme].control);
    paintScales(context);
    paintAbove();
  });

  const paintScales = (context: CanvasRenderingContext2D): void => {
    context.fillStyle = tokens[theme].t3;
    context.textAlign = "right";
    context.textBaseline = "middle";
    const low = Math.log10(nanoseconds(rows.first));
    const high = Math.log10(nanoseconds(rows.last + 1));
    for (let power = Math.floor(low); power <= high; power += 1) {
      for (const factor of high - low > 2.4 ? [1] : [1, 2, 5]) {
        const value = factor * 10 ** power;
        const y = bottom - ((Math.log(value) / Math.log(base) - rows.first) / rowCount) * (bottom - top);
        if (y < top + 4 || y > bottom - 2) continue;
        context.fillText(duration(value), left - 6, y);
        context.strokeStyle = tokens[theme].line;
        context.globalAlpha = 0.6;
        context.beginPath();
        context.moveTo(left, crisp(y));
        context.lineTo(right, crisp(y));
        context.stroke();
        context.globalAlpha = 1;
      }
    }
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    for (const tick of timeTicks(range.from, range.to, Math.max(2, Math.floor((right - left) / 84)))) {
      const text = tickText(tick, range.to - range.from);
      if (x(tick) + context.measureText(text).width / 2 < width) context.fillText(text, x(tick), height - 4);
    }
  };

  const paintAbove = (): void => {
    const context = above.current && prepare(above.current, width, height);
    if (!context) return;
    const box = drag.current ?? (selection ? boxOf(selection) : null);
    if (box) {
      context.fillStyle = tokens[theme].accent;
      context.globalAlpha = 0.14;
      context.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
      context.globalAlpha = 1;
      context.strokeStyle = tokens[theme].accent;
      context.strokeRect(crisp(box.left), crisp(box.top), Math.max(1, box.right - box.left), Math.max(1, box.bottom - box.top));
    }
    const cell = cursor.current;
    if (cell) {
      const [t1, t2] = [Math.min(cell.time, cell.anchorTime), Math.max(cell.time, cell.anchorTime)];
      const [r1, r2] = [Math.min(cell.row, cell.anchorRow), Math.max(cell.row, cell.anchorRow)];
      context.strokeStyle = tokens[theme].t1;
      context.lineWidth = 2;
      context.strokeRect(x(times[t1]), rowTop(r2), x(times[t2] + step) - x(times[t1]), rowTop(r1 - 1) - rowTop(r2));
    }
  };
  const boxOf = (chosen: Selection): Box => ({
    left: Math.max(left, x(chosen.from)),
    right: Math.min(right, x(chosen.to)),
    top: chosen.high === null ? top : Math.max(top, bottom - ((Math.log(chosen.high) / Math.log(base) - rows.first) / rowCount) * (bottom - top)),
    bottom: chosen.low === null ? bottom : Math.min(bottom, bottom - ((Math.log(chosen.low) / Math.log(base) - rows.first) / rowCount) * (bottom - top)),
  });
  const say = (time: number, row: number): string => {
    const cell = counts.get(time * 4096 + (row - rows.first));
    const span = `${duration(nanoseconds(row))} to ${duration(nanoseconds(row + 1))}`;
    return `${dayAndTime(times[time])}, ${span}: ${groupedCount(cell?.[2] ?? 0)} spans${cell?.[3] ? `, ${groupedCount(cell[3])} with errors` : ""}`;
  };
  const showTip = (time: number, row: number, px: number, py: number): void => {
    if (!tip.current) return;
    const known = times[time] !== undefined;
    tip.current.hidden = !known;
    if (!known) return;
    tip.current.textContent = say(time, row);
    tip.current.style.transform = `translate(${Math.round(px > width / 2 ? px - tip.current.offsetWidth - 12 : px + 12)}px, ${Math.max(0, Math.min(height - 50, Math.round(py)))}px)`;
  };
  const select = (box: Box): void => {
    const low = rowAt(box.bottom);
    const high = rowAt(box.top);
    onSelect({
      from: Math.max(range.from, timeAt(box.left)),
      to: Math.min(range.to, timeAt(box.right)),
      low: low <= rows.first + 0.2 ? null : nanoseconds(low),
      high: high >= rows.last + 0.8 ? null : nanoseconds(high),
    });
  };
  const keys = (event: React.KeyboardEvent): void => {
    if (event.altKey && event.key.toLowerCase() === "t") {
      event.preventDefault();
      setAsTable(!asTable);
      return;
    }
    if (asTable || times.length === 0 || event.ctrlKey || event.metaKey) return;
    const steps: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const move = steps[event.key];
    if (move) {
      event.preventDefault();
      event.stopPropagation();
      const middle = { time: Math.floor(times.length / 2), row: Math.floor((rows.first + rows.last) / 2) };
      const before = cursor.current ?? { ...middle, anchorTime: middle.time, anchorRow: middle.row };
      const time = Math.max(0, Math.min(times.length - 1, before.time + move[0]));
      const row = Math.max(rows.first, Math.min(rows.last, before.row + move[1]));
      cursor.current = event.shiftKey ? { ...before, time, row } : { time, row, anchorTime: time, anchorRow: row };
      paintAbove();
      showTip(time, row, x(times[time]), rowTop(row));
      setSpoken(say(time, row));
    } else if (event.key === "Enter" && cursor.current) {
      event.preventDefault();
      event.stopPropagation();
      const cell = cursor.current;
      const [t1, t2] = [Math.min(cell.time, cell.anchorTime), Math.max(cell.time, cell.anchorTime)];
      const [r1, r2] = [Math.min(cell.row, cell.anchorRow), Math.max(cell.row, cell.anchorRow)];
      onSelect({ from: Math.max(range.from, times[t1]), to: Math.min(range.to, times[t2] + step), low: nanoseconds(r1), high: nanoseconds(r2 + 1) });
    } else if (event.key === "Escape" && (cursor.current || selection)) {
      event.preventDefault();
      event.stopPropagation();
      cursor.current = null;
      if (tip.current) tip.current.hidden = true;
      onSelect(null);
      paintAbove();
    }
  };
  const position = (event: React.PointerEvent): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [Math.max(left, Math.min(right, event.clientX - box.left)), Math.max(top, Math.min(bottom, event.clientY - box.top))];
  };
  const origin = useRef<[number, number] | null>(null);
  const total = cells.reduce((sum, cell) => sum + cell[2], 0);
  return (
    <div ref={host} className={`plot heatmap ${props.stale ? "stale" : ""}`} role="figure" tabIndex={0} onKeyDown={keys}
      aria-label={`Durations of ${groupedCount(total)} spans over time. Arrow keys move a cell, Shift and arrows select a box, Enter applies it, Alt+T shows a table.`}>
      <Legend most={most} theme={theme} />
      {asTable ? <Twin height={height} onClose={() => setAsTable(false)} twin={twinOf(cells, times, base)} /> : (
        <div className="plot-area" style={{ height }}>
          <canvas ref={below} aria-hidden="true" />
          <canvas ref={above} className="over" aria-hidden="true"
            onPointerDown={(event) => {
              if (event.button !== 0) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              origin.current = position(event);
              cursor.current = null;
            }}
            onPointerMove={(event) => {
              const [px, py] = position(event);
              if (origin.current) {
                const [ox, oy] = origin.current;
                drag.current = { left: Math.min(ox, px), right: Math.max(ox, px), top: Math.min(oy, py), bottom: Math.max(oy, py) };
                paintAbove();
              }
              const index = Math.floor((timeAt(px) - (times[0] ?? 0)) / step);
              showTip(index, Math.floor(rowAt(py)), px, py);
            }}
            onPointerUp={() => {
              const box = drag.current;
              drag.current = null;
              origin.current = null;
              if (box && box.right - box.left > 3 && box.bottom - box.top > 2) select(box);
              else if (selection) onSelect(null);
              paintAbove();
            }}
            onPointerLeave={() => {
              if (tip.current) tip.current.hidden = true;
            }}
          />
          <div ref={tip} className="plot-tip" hidden aria-hidden="true" />
        </div>
      )}
      <div className="off-screen" aria-live="polite">{spoken}</div>
    </div>
  );
}

function Legend({ most, theme }: { most: number; theme: Theme }): JSX.Element {
  return (
    <div className="heat-legend" aria-hidden="true">
      <b>Duration of spans</b>
      <span className="push" />
      <span>1</span>
      {sequential[theme].map((colour) => <i key={colour} style={{ background: colour }} />)}
      <span>{compactCount(most)} spans</span>
      <i className="outlined" />
      <span>with errors</span>
    </div>
  );
}

/** Two buckets become one row where the rows would be too many: slow outliers stay on the axis. */
function merged(base: number, cells: HeatCell[]): { base: number; cells: HeatCell[] } {
  let [first, last] = [Infinity, -Infinity];
  for (const [, bucket] of cells) {
    first = Math.min(first, bucket);
    last = Math.max(last, bucket);
  }
  if (!(last - first >= rowLimit)) return { base, cells };
  const sums = new Map<number, HeatCell>();
  for (const [time, bucket, count, errors] of cells) {
    const row = Math.floor(bucket / 2);
    const before = sums.get(time * 4096 + row);
    sums.set(time * 4096 + row, [time, row, count + (before?.[2] ?? 0), errors + (before?.[3] ?? 0)]);
  }
  return { base: base * base, cells: [...sums.values()] };
}

function rowRange(cells: HeatCell[]): { first: number; last: number; below: boolean; above: boolean } {
  if (cells.length === 0) return { first: 80, last: 119, below: false, above: false };
  let [first, last] = [Infinity, -Infinity];
  const perRow = new Map<number, number>();
  for (const [, bucket, count] of cells) {
    first = Math.min(first, bucket);
    last = Math.max(last, bucket);
    perRow.set(bucket, (perRow.get(bucket) ?? 0) + count);
  }
  let [below, above] = [false, false];
  while (last - first + 1 > rowLimit) {
    // The emptier end leaves the axis first; slow spans are what is looked for, so the upper end stays on a tie.
    if ((perRow.get(first) ?? 0) <= (perRow.get(last) ?? 0) * 4) {
      first += 1;
      below = true;
    } else {
      last -= 1;
      above = true;
    }
  }
  while (last - first < 11) {
    first -= 1;
    if (last - first < 11) last += 1;
  }
  return { first, last, below, above };
}

function twinOf(cells: HeatCell[], times: number[], base: number): { columns: string[]; rows: string[][] } {
  return {
    columns: ["Time", "Duration", "Spans", "Errors"],
    rows: cells.map(([time, bucket, count, errors]) => [clockTime(times[time] ?? 0, "second"), `${duration(base ** bucket)} – ${duration(base ** (bucket + 1))}`, groupedCount(count), groupedCount(errors)]),
  };
}
