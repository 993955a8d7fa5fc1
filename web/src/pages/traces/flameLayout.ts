import { TraceSkeleton } from "../../core/model";

/** Where the spans of a trace lie in a flame graph. */
export interface FlameLayout {
  /** The row of each span: below its parent's, and where nothing else is at its time. */
  row: Int32Array;
  /** The spans of each row, by start. */
  rows: number[][];
}

/** Lays the spans out: time to the right, what was caused below its cause, what ran at the same time on rows of its own. */
export function layOutFlame(trace: TraceSkeleton): FlameLayout {
  const { parent, start, duration } = trace.spans;
  const row = new Int32Array(start.length);
  const rows: number[][] = [];
  for (let index = 0; index < start.length; index += 1) {
    let wanted = parent[index] >= 0 ? row[parent[index]] + 1 : 0;
    for (;;) {
      const others = rows[wanted] ?? (rows[wanted] = []);
      const place = placeIn(others, start, start[index]);
      const before = others[place - 1];
      const after = others[place];
      const free = (before === undefined || start[before] + duration[before] <= start[index]) && (after === undefined || start[index] + duration[index] <= start[after]) && (after === undefined || start[after] > start[index]);
      if (free) {
        others.splice(place, 0, index);
        break;
      }
      wanted += 1;
    }
    row[index] = wanted;
  }
  return { row, rows };
}

/** The first place whose span starts at or after a time. */
function placeIn(spans: readonly number[], start: readonly number[], time: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (start[spans[middle]] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The span at a place; -1 where there is none. `slack` is how far beside a narrow span still counts. */
export function spanAt(trace: TraceSkeleton, layout: FlameLayout, row: number, time: number, slack: number): number {
  const spans = layout.rows[row] ?? [];
  const { start, duration } = trace.spans;
  const place = placeIn(spans, start, time);
  for (const candidate of [spans[place - 1], spans[place]]) {
    if (candidate !== undefined && time >= start[candidate] - slack && time <= start[candidate] + duration[candidate] + slack) return candidate;
  }
  return -1;
}

/** The span that an arrow key leads to from another: up to its parent, down to its first child, sideways along its row. */
export function neighbour(trace: TraceSkeleton, layout: FlameLayout, children: readonly number[][], index: number, key: string): number {
  if (index < 0) return trace.spans.id.length > 0 ? 0 : -1;
  if (key === "ArrowUp") return trace.spans.parent[index] >= 0 ? trace.spans.parent[index] : index;
  if (key === "ArrowDown") return children[index][0] ?? index;
  const spans = layout.rows[layout.row[index]];
  const place = spans.indexOf(index) + (key === "ArrowRight" ? 1 : -1);
  return spans[place] ?? index;
}
