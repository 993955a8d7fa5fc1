import { pathOf } from "../../context/question";
import { fetchJSON, fetchStream, Parameters } from "../../core/api";
import { LogRecord } from "../../core/model";
import { apiBase } from "../../core/router";
import { compatiblePath } from "../../query/sources";
import { LokiStream, recordsOf, StreamLabels } from "./lokiLines";

/** What one message of a tail says. */
export interface TailMessage {
  rows: LogRecord[];
  /** Lines that the server has left out since the tail began; infinite when it does not say how many. */
  dropped?: number;
  /** Lines a second, where the server counts them. */
  rate?: number;
}

/** Where the lines of a tail come from. */
export interface TailSource {
  /** Tails with the same key are the same. */
  key: string;
  url: URL;
  read: (message: unknown) => TailMessage;
  /** The lines of a time, newest first, and whether they are not all. */
  missed: (from: number, to: number, limit: number, signal: AbortSignal) => Promise<{ rows: LogRecord[]; limited: boolean }>;
  /** How many lines a time has. */
  count: (from: number, to: number, signal: AbortSignal) => Promise<number>;
}

/** The tail of the search bar: the parameters `q` and `f` as a query string. */
export function searchTail(query: string): TailSource {
  const parameters = (from: number, to: number): Parameters => [["from", String(from)], ["to", String(to)], ...new URLSearchParams(query)];
  return {
    key: `search ${query}`,
    url: new URL(`tail?signal=logs&${query}`, apiBase),
    read: (message) => {
      const { k, rows, dropped, rate } = message as { k: string; rows?: LogRecord[]; dropped?: number; rate?: number };
      return k === "rows" ? { rows: rows ?? [] } : { rows: [], dropped, rate };
    },
    missed: async (from, to, limit, signal) => {
      let rows: LogRecord[] = [];
      let limited = false;
      await fetchStream(pathOf("logs", [...parameters(from, to), ["limit", String(limit)]]), signal, (message) => {
        if (message.k === "rows") rows = rows.concat(message.rows as LogRecord[]);
        if (message.k === "end") limited = message.status === "limited";
      });
      return { rows, limited };
    },
    count: async (from, to, signal) => {
      let found = 0;
      await fetchStream(pathOf("logs/aggregate", [...parameters(from, to), ["agg", "count"]]), signal, (message) => {
        if (message.k === "series") found = (message.groups as { values: number[] }[])[0]?.values[0] ?? 0;
      });
      return found;
    },
  };
}

/** The tail of a LogQL query over Loki's API. */
export function lokiTail(query: string, streamLabels: StreamLabels): TailSource {
  return {
    key: `logql ${query}`,
    url: new URL(compatiblePath("loki/api/v1/tail", [["query", query], ["limit", "0"]]), apiBase),
    read: (message) => {
      const { streams, dropped_entries } = message as { streams?: LokiStream[]; dropped_entries?: unknown[] };
      return { rows: recordsOf(streams ?? [], streamLabels).reverse(), dropped: dropped_entries?.length ? Infinity : undefined };
    },
    missed: async (from, to, limit, signal) => {
      let rows: LogRecord[] = [];
      let limited = false;
      await fetchStream(pathOf("query", [["lang", "logql"], ["q", query], ["from", String(from)], ["to", String(to)], ["limit", String(limit)]]), signal, (message) => {
        if (message.k === "rows") rows = rows.concat(recordsOf(message.streams as LokiStream[], streamLabels));
        if (message.k === "end") limited = message.status === "limited";
      });
      return { rows, limited };
    },
    count: async (from, to, signal) => {
      const counted = `sum(count_over_time(${query}\n[${Math.ceil((to - from) / 1000)}s]))`;
      const answer = await fetchJSON<{ data: { result: { value: [number, string] }[] } }>(compatiblePath("loki/api/v1/query", [["query", counted], ["time", `${to}000000`]]), signal);
      return Number(answer.data.result[0]?.value[1] ?? 0);
    },
  };
}
