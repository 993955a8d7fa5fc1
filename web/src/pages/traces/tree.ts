import { TraceSkeleton } from "../../core/model";

/** Same-named leaves of one parent from this many on are one row. */
const groupFrom = 10;

/** A row of the waterfall: a span, or a group of siblings with the same name. */
export type TreeRow = { kind: "span"; span: number; depth: number; children: number } | { kind: "group"; key: string; members: number[]; depth: number; total: number };

/** Parents, children and groups of a trace, computed once. */
export interface Tree {
  children: number[][];
  /** Spans without a parent, or whose parent is missing. */
  roots: number[];
  /** Spans below each span, itself not counted. */
  descendants: number[];
  /** Duration without the time that children cover. */
  selfTime: number[];
}

/** Builds the tree of a skeleton; parents come before children there. */
export function buildTree(trace: TraceSkeleton): Tree {
  const { parent, id } = trace.spans;
  const children: number[][] = id.map(() => []);
  const roots: number[] = [];
  for (let index = 0; index < id.length; index += 1) {
    if (parent[index] >= 0) children[parent[index]].push(index);
    else roots.push(index);
  }
  const descendants = new Array<number>(id.length).fill(0);
  for (let index = id.length - 1; index >= 0; index -= 1) {
    if (parent[index] >= 0) descendants[parent[index]] += descendants[index] + 1;
  }
  return { children, roots, descendants, selfTime: id.map((_, index) => selfTimeOf(trace, index, children[index])) };
}

function selfTimeOf(trace: TraceSkeleton, index: number, children: number[]): number {
  const { start, duration } = trace.spans;
  const [first, last] = [start[index], start[index] + duration[index]];
  const parts = children.map((child) => [Math.max(first, start[child]), Math.min(last, start[child] + duration[child])]).filter(([from, to]) => to > from).sort((a, b) => a[0] - b[0]);
  let [covered, end] = [0, first];
  for (const [from, to] of parts) {
    if (to <= end) continue;
    covered += to - Math.max(from, end);
    end = to;
  }
  return duration[index] - covered;
}

/** The rows to show, in document order, without what is collapsed. */
export function visibleRows(trace: TraceSkeleton, tree: Tree, collapsed: ReadonlySet<number>, openGroups: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  // An explicit stack: a trace may be deeper than the call stack.
  const stack: (TreeRow | { kind: "visit"; span: number; depth: number })[] = tree.roots.slice().reverse().map((span) => ({ kind: "visit", span, depth: trace.spans.depth[span] ?? 0 }));
  while (stack.length > 0) {
    const item = stack.pop();
    if (!item) break;
    if (item.kind !== "visit") {
      rows.push(item);
      continue;
    }
    const children = tree.children[item.span];
    rows.push({ kind: "span", span: item.span, depth: item.depth, children: children.length });
    if (children.length === 0 || collapsed.has(item.span)) continue;
    stack.push(...childItems(trace, tree, item.span, item.depth + 1, openGroups).reverse());
  }
  return rows;
}

function childItems(trace: TraceSkeleton, tree: Tree, span: number, depth: number, openGroups: ReadonlySet<string>): (TreeRow | { kind: "visit"; span: number; depth: number })[] {
  const counts = new Map<number, number[]>();
  for (const child of tree.children[span]) {
    if (tree.children[child].length > 0) continue;
    const key = trace.spans.name[child] * 65_536 + trace.spans.service[child];
    const members = counts.get(key);
    if (members) members.push(child);
    else counts.set(key, [child]);
  }
  const items: (TreeRow | { kind: "visit"; span: number; depth: number })[] = [];
  for (const child of tree.children[span]) {
    const code = trace.spans.name[child] * 65_536 + trace.spans.service[child];
    const members = tree.children[child].length > 0 ? undefined : counts.get(code);
    if (!members || members.length < groupFrom) {
      items.push({ kind: "visit", span: child, depth });
      continue;
    }
    if (members[0] !== child) continue;
    const key = `${span}/${code}`;
    items.push({ kind: "group", key, members, depth, total: members.reduce((sum, member) => sum + trace.spans.duration[member], 0) });
    if (openGroups.has(key)) for (const member of members) items.push({ kind: "visit", span: member, depth: depth + 1 });
  }
  return items;
}

/** One line of "Where time went". */
export interface TimeShare {
  service: number;
  name: number;
  count: number;
  selfTime: number;
  critical: number;
  errors: number;
}

/** Self time and critical path by service and operation, most on the critical path first. */
export function timeShares(trace: TraceSkeleton, tree: Tree): TimeShare[] {
  const { service, name, critical, status, id } = trace.spans;
  const shares = new Map<number, TimeShare>();
  for (let index = 0; index < id.length; index += 1) {
    const key = service[index] * 1_048_576 + name[index];
    const share = shares.get(key) ?? { service: service[index], name: name[index], count: 0, selfTime: 0, critical: 0, errors: 0 };
    share.count += 1;
    share.selfTime += tree.selfTime[index];
    share.critical += (critical[index] ?? []).reduce((sum, [from, to]) => sum + (to - from), 0);
    if (status[index] === 2) share.errors += 1;
    shares.set(key, share);
  }
  return [...shares.values()].sort((a, b) => b.critical - a.critical || b.selfTime - a.selfTime);
}
