import { valueText } from "../core/format";
import { LogRecord } from "../core/model";
import { listValue, readList } from "./filters";

/** Columns that a list of log records has without being asked. */
export const defaultColumns: readonly string[] = ["service.name"];

/** How the URL says that there are none. */
const none = "-";

/** Columns at most: more than these leave no room for the line. */
export const columnLimit = 12;

/** The columns that the URL's `cols` names, between the severity and the line. */
export function readColumns(text: string | undefined): string[] {
  if (text === undefined) return [...defaultColumns];
  if (text === none) return [];
  return [...new Set(readList(text).filter((field) => field !== ""))].slice(0, columnLimit);
}

/** The columns as the URL takes them; null for the default ones. */
export function writeColumns(columns: readonly string[]): string | null {
  if (columns.length === 0) return none;
  if (columns.length === defaultColumns.length && columns.every((field, index) => field === defaultColumns[index])) return null;
  return listValue([...columns]);
}

/** Adds a column at the end, or takes it away. */
export function toggledColumn(columns: readonly string[], field: string): string[] {
  return columns.includes(field) ? columns.filter((other) => other !== field) : [...columns, field].slice(0, columnLimit);
}

/** The columns with one of them moved to the place of another. */
export function movedColumn(columns: readonly string[], field: string, place: number): string[] {
  const others = columns.filter((other) => other !== field);
  if (others.length === columns.length) return [...columns];
  const target = Math.max(0, Math.min(others.length, place));
  return [...others.slice(0, target), field, ...others.slice(target)];
}

const intrinsic = new Set(["severity", "severity_text", "event_name", "trace_id", "span_id", "flags", "observed_time", "id"]);

/** What a record holds in a field: bare names mean the record's own attribute, else the resource's. */
export function columnValue(record: LogRecord, field: string): string {
  if (field === "service" || field === "service.name") return record.service ?? "";
  if (intrinsic.has(field)) return valueText(record[field as keyof LogRecord]);
  const [scope, rest] = [field.slice(0, field.indexOf(".")), field.slice(field.indexOf(".") + 1)];
  const places: Record<string, unknown> = { resource: record.resource, attribute: record.attributes, scope: { ...record.scope, ...record.scope?.attributes }, body: record.body };
  const prefixed = field.includes(".") && scope in places ? at(places[scope], rest) : undefined;
  return valueText(prefixed ?? at(record.attributes, field) ?? at(record.resource, field));
}

/** The value of a name, or of a path through maps. */
function at(holder: unknown, name: string): unknown {
  if (typeof holder !== "object" || holder === null) return undefined;
  const map = holder as Record<string, unknown>;
  if (name in map) return map[name];
  for (let dot = name.indexOf("."); dot > 0; dot = name.indexOf(".", dot + 1)) {
    const found = at(map[name.slice(0, dot)], name.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}
