import { nameHash } from "../../core/colours";
import { Attributes, LogRecord, severities } from "../../core/model";

/** One stream of lines as Loki's API writes it, with the labels told apart. */
interface LokiStream {
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

/** The lines of streams as records, newest first: labels of the stream are the resource, the others attributes. */
export function recordsOf(streams: readonly LokiStream[]): LogRecord[] {
  const records: LogRecord[] = [];
  for (const { stream, values } of streams) {
    for (const [time, line, more] of values) {
      const { trace_id, span_id, severity_text, detected_level, ...metadata } = more?.structuredMetadata ?? {};
      const parsed = more?.parsed ?? {};
      const attributes: Attributes = { ...metadata, ...parsed };
      const level = detected_level ?? stream.detected_level ?? parsed.level ?? severity_text;
      records.push({
        id: `${time}-${nameHash(line + JSON.stringify([stream, more ?? null])).toString(36)}`, time, body: line, service: stream.service_name, severity: severityOfLevel(level), severity_text,
        trace_id, span_id, attributes, resource: stream,
      });
    }
  }
  return records.sort((a, b) => (b.time.length - a.time.length) || (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
}

/** The texts that the query's line filters ask for. */
export function filteredWords(query: string): string[] {
  return [...query.matchAll(/\|=\s*(?:"((?:[^"\\]|\\.)+)"|`([^`]+)`)/g)].map((match) => match[2] ?? match[1].replace(/\\(.)/g, "$1"));
}
