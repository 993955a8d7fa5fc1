import { nameHash } from "../../core/colours";
import { LogRecord, severities } from "../../core/model";

/** One stream of lines as Loki's API writes it, with the labels told apart. */
export interface LokiStream {
  stream: Record<string, string>;
  values: [string, string, { structuredMetadata?: Record<string, string>; parsed?: Record<string, string> }?][];
}

/** Words of levels that are not the name of a severity. */
const otherWords: Record<string, string> = { warning: "warn", critical: "fatal", err: "error", information: "info" };

/** The severity number of a level; undefined when the word is none. */
export function severityOfLevel(level: string | undefined): number | undefined {
  const word = (level ?? "").toLowerCase();
  return severities.find((severity) => severity.name === (otherWords[word] ?? word))?.first;
}

/** The labels of lines that name their stream, as far as answers have told them. */
export type StreamLabels = Set<string>;

/**
 * The lines of streams as records, newest first: labels of the stream are the resource, the others attributes.
 *
 * A tail does not tell its labels apart; then those that answers told to be of the stream are. A line has the same id in both.
 */
export function recordsOf(streams: readonly LokiStream[], streamLabels: StreamLabels): LogRecord[] {
  const records: LogRecord[] = [];
  for (const { stream, values } of streams) {
    for (const [time, line, more] of values) {
      if (more) for (const name of Object.keys(stream)) streamLabels.add(name);
      const labels = { ...stream, ...more?.structuredMetadata, ...more?.parsed };
      const isOfStream = (name: string): boolean => (more ? name in stream : streamLabels.size === 0 || streamLabels.has(name));
      const [resource, others]: Record<string, string>[] = [{}, {}];
      for (const [name, value] of Object.entries(labels)) (isOfStream(name) ? resource : others)[name] = value;
      const { trace_id, span_id, severity_text, severity_number, detected_level, observed_timestamp, flags, scope_name, scope_version, ...attributes } = others;
      const level = detected_level ?? resource.detected_level ?? labels.level ?? severity_text;
      const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
      records.push({
        id: `${time}-${nameHash(line + JSON.stringify(sorted)).toString(36)}`, time, body: line, service: resource.service_name, severity: severityOfLevel(level) ?? (Number(severity_number) || undefined), severity_text,
        trace_id, span_id, attributes, resource, observed_time: observed_timestamp, flags: flags === undefined ? undefined : Number(flags), scope: scope_name === undefined ? undefined : { name: scope_name, version: scope_version },
      });
    }
  }
  return records.sort((a, b) => (b.time.length - a.time.length) || (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
}

/** The texts that the query's line filters ask for. */
export function filteredWords(query: string): string[] {
  return [...query.matchAll(/\|=\s*(?:"((?:[^"\\]|\\.)+)"|`([^`]+)`)/g)].map((match) => match[2] ?? match[1].replace(/\\(.)/g, "$1"));
}
