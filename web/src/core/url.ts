/** Operators of a filter chip, as the API takes them. */
export const filterOperators = ["eq", "ne", "in", "nin", "re", "nre", "gte", "gt", "lte", "lt", "nex", "ex"] as const;
export type FilterOperator = (typeof filterOperators)[number];

/** One filter of the context bar: `key:op:value`. */
export interface Filter {
  key: string;
  op: FilterOperator;
  value: string;
}

/** Pages that exist; the rail, the palette and the router are made from this list. */
export const pageNames = ["services", "logs", "traces", "metrics", "start"] as const;
export type PageName = (typeof pageNames)[number];

/** All state of the interface that a link carries. */
export interface View {
  page: PageName | "unknown";
  /** The part of the path behind the page: a service's name or a trace id; empty when absent. */
  id: string;
  from: string;
  to: string;
  filters: Filter[];
  query: string;
  /** Parameters of single pages, e.g. `sel`, `tab`, `span`. */
  extra: Record<string, string>;
}

/** A change of the view. A null in `extra` takes the parameter away. */
export interface ViewPatch {
  page?: PageName;
  id?: string;
  from?: string;
  to?: string;
  filters?: Filter[];
  query?: string;
  extra?: Record<string, string | null>;
}

export const defaultFrom = "now-1h";
export const defaultTo = "now";

/** Order of the parameters in a link; those of single pages follow the shared ones. */
const extraOrder = ["lang", "qb", "qc", "qd", "qe", "hide", "unit", "step", "cmp", "sel", "tab", "cols", "view", "name", "by", "fn", "sort", "span", "clocks", "log", "live", "find", "match", "plan"];

const operatorPattern = new RegExp(`:(${filterOperators.join("|")})(?=:|$)`);

/** Reads `key:op:value`; null when there is no operator or no key. */
export function parseFilter(text: string): Filter | null {
  const match = operatorPattern.exec(text);
  if (!match || match.index === 0) return null;
  const op = match[1] as FilterOperator;
  const value = text.slice(match.index + match[0].length + 1);
  if (op !== "ex" && op !== "nex" && text.length === match.index + match[0].length) return null;
  return { key: text.slice(0, match.index), op, value: op === "ex" || op === "nex" ? "" : value };
}

/** Writes a filter as the URL and the API take it. */
export function formatFilter(filter: Filter): string {
  if (filter.op === "ex" || filter.op === "nex") return `${filter.key}:${filter.op}`;
  return `${filter.key}:${filter.op}:${filter.value}`;
}

/** Percent-encodes only what a query string cannot hold, so that links stay readable. */
export function encodeParameter(text: string): string {
  return encodeURIComponent(text).replace(/%(3A|2C|2F|40|3B|24|3D)/g, (escape) => decodeURIComponent(escape));
}

/** Reads the view from a path relative to the interface's base and a query string. */
export function parseView(path: string, search: string): View {
  const segments = path.replace(/^\/+|\/+$/g, "").split("/");
  const name = segments[0] === "" ? "services" : segments[0];
  const page = (pageNames as readonly string[]).includes(name) ? (name as PageName) : "unknown";
  const view: View = { page, id: decodePath(segments.slice(1).join("/")), from: defaultFrom, to: defaultTo, filters: [], query: "", extra: {} };
  const parameters = new URLSearchParams(search);
  parameters.forEach((value, key) => {
    if (key === "from") view.from = value || defaultFrom;
    else if (key === "to") view.to = value || defaultTo;
    else if (key === "q") view.query = value;
    else if (key === "f") {
      const filter = parseFilter(value);
      if (filter) view.filters.push(filter);
    } else if (value !== "") view.extra[key] = value;
  });
  return view;
}

/** Writes the view as a path relative to the interface's base, with its query string in the fixed order. */
export function formatView(view: View): string {
  const path = view.id === "" ? view.page : `${view.page}/${encodeURIComponent(view.id)}`;
  const parts: string[] = [];
  if (view.from !== defaultFrom) parts.push(`from=${encodeParameter(view.from)}`);
  if (view.to !== defaultTo) parts.push(`to=${encodeParameter(view.to)}`);
  for (const filter of view.filters) parts.push(`f=${encodeParameter(formatFilter(filter))}`);
  if (view.query !== "") parts.push(`q=${encodeParameter(view.query)}`);
  const known = extraOrder.filter((key) => view.extra[key]);
  const others = Object.keys(view.extra).filter((key) => !extraOrder.includes(key) && view.extra[key]).sort();
  for (const key of [...known, ...others]) parts.push(`${key}=${encodeParameter(view.extra[key])}`);
  return parts.length === 0 ? path : `${path}?${parts.join("&")}`;
}

/** Applies a change: the context (time, filters) stays over pages, everything else belongs to one page. */
export function applyPatch(view: View, patch: ViewPatch): View {
  const leaves = (patch.page !== undefined && patch.page !== view.page) || (patch.id !== undefined && patch.id !== view.id);
  const extra: Record<string, string> = leaves ? {} : { ...view.extra };
  for (const [key, value] of Object.entries(patch.extra ?? {})) {
    if (value === null || value === "") delete extra[key];
    else extra[key] = value;
  }
  const page = patch.page ?? view.page;
  return {
    page,
    id: patch.id ?? (page === view.page ? view.id : ""),
    from: patch.from ?? view.from,
    to: patch.to ?? view.to,
    filters: patch.filters ?? view.filters,
    query: patch.query ?? (leaves ? "" : view.query),
    extra,
  };
}

/** A brushed window with an optional range of durations: `t:1790000000000-1790000600000,v:250ms-2s`. */
export interface Selection {
  from: number;
  to: number;
  /** Nanoseconds; null where the range is open or absent. */
  low: number | null;
  high: number | null;
}

/** Reads a selection; null when the text is none. */
export function parseSelection(text: string | undefined): Selection | null {
  const match = /^t:(\d+)-(\d+)(?:,v:([\d.]*[a-zµ]*)-([\d.]*[a-zµ]*))?$/.exec(text ?? "");
  if (!match) return null;
  return { from: Number(match[1]), to: Number(match[2]), low: parseDuration(match[3] ?? ""), high: parseDuration(match[4] ?? "") };
}

/** Writes a selection. */
export function formatSelection(selection: Selection): string {
  const time = `t:${Math.round(selection.from)}-${Math.round(selection.to)}`;
  if (selection.low === null && selection.high === null) return time;
  const edge = (value: number | null): string => (value === null ? "" : writeDuration(value));
  return `${time},v:${edge(selection.low)}-${edge(selection.high)}`;
}

const durationUnits: [string, number][] = [["h", 3.6e12], ["m", 6e10], ["s", 1e9], ["ms", 1e6], ["us", 1e3], ["µs", 1e3], ["ns", 1]];

/** Nanoseconds of `250ms`; null when the text is no duration. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(h|m|s|ms|us|µs|ns)$/.exec(text);
  const unit = match && durationUnits.find(([name]) => name === match[2]);
  return match && unit ? Number(match[1]) * unit[1] : null;
}

/** A duration that `parseDuration` and the API read: at most three digits behind the point. */
export function writeDuration(nanoseconds: number): string {
  for (const [name, size] of [["s", 1e9], ["ms", 1e6], ["us", 1e3]] as const) {
    if (nanoseconds >= size) return `${Number((nanoseconds / size).toFixed(3))}${name}`;
  }
  return `${Math.max(0, Math.round(nanoseconds))}ns`;
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
