import { useCallback, useEffect, useRef, useState } from "react";
import { APIError, fetchJSON, fetchStream, readError } from "./api";
import { run } from "./router";
import { useStore } from "./store";

/** The state of one JSON question. */
export interface Answer<T> {
  data: T | null;
  /** The data on display answers an older question. */
  stale: boolean;
  loading: boolean;
  error: APIError | null;
}

/** Questions under way, for the bar below the context bar. */
export const pending = { count: 0, listeners: new Set<() => void>() };

function countPending(change: number): void {
  pending.count += change;
  pending.listeners.forEach((listener) => listener());
}

const aborted = (failure: unknown): boolean => (failure as Error)?.name === "AbortError";

/** Any other failure of reading an answer, as an error that panels show. */
function asAPIError(failure: unknown): APIError {
  return failure instanceof APIError ? failure : new APIError(0, "unreadable", `the answer could not be read: ${(failure as Error).message}`, "");
}

/** Asks for JSON at `path` (null asks nothing); keeps the old answer until the new one is there. */
export function useJSON<T>(path: string | null): Answer<T> {
  const number = useStore(run);
  const [answer, setAnswer] = useState<Answer<T>>({ data: null, stale: false, loading: path !== null, error: null });
  useEffect(() => {
    if (path === null) {
      setAnswer({ data: null, stale: false, loading: false, error: null });
      return undefined;
    }
    const controller = new AbortController();
    setAnswer((before) => ({ ...before, stale: before.data !== null, loading: true, error: null }));
    countPending(1);
    fetchJSON<T>(path, controller.signal)
      .then((data) => setAnswer({ data, stale: false, loading: false, error: null }))
      .catch((failure) => {
        if (!aborted(failure)) setAnswer((before) => ({ data: before.data, stale: before.data !== null, loading: false, error: asAPIError(failure) }));
      })
      .finally(() => countPending(-1));
    return () => controller.abort();
  }, [path, number]);
  return answer;
}

/** Numbers of a query's work, from its last line. */
export interface Statistics {
  blocks_total?: number;
  blocks_read?: number;
  blocks_pruned?: number;
  bytes_read?: number;
  rows_scanned?: number;
  rows_matched?: number;
  elapsed_ms?: number;
}

/** Progress of a stream. */
export interface Progress {
  done: number;
  total: number;
  bytes: number;
  rows: number;
  /** Nanoseconds, from and to. */
  unread: [string, string] | null;
}

/** How a stream ended. */
export type StreamEnd = { status: "complete" | "limited" | "partial" | "stopped" | "cut"; why: string; statistics: Statistics };

/** The state of one streamed question. */
export interface StreamAnswer<Row> {
  meta: Record<string, unknown> | null;
  rows: Row[];
  /** The message `series` or `heatmap` of an aggregate. */
  result: Record<string, unknown> | null;
  progress: Progress | null;
  end: StreamEnd | null;
  error: APIError | null;
  loading: boolean;
  stale: boolean;
  /** Milliseconds since the question began; after the end, what it took. */
  startedAt: number;
  stop: () => void;
}

/** Asks for a stream at `path` (null asks nothing). Rows are shown as they come; old ones stay until the first new line. */
export function useStream<Row>(path: string | null): StreamAnswer<Row> {
  const number = useStore(run);
  const controller = useRef<AbortController | null>(null);
  const stop = useCallback(() => controller.current?.abort(), []);
  const [answer, setAnswer] = useState<StreamAnswer<Row>>({
    meta: null, rows: [], result: null, progress: null, end: null, error: null, loading: path !== null, stale: false, startedAt: 0, stop,
  });
  useEffect(() => {
    if (path === null) {
      setAnswer({ meta: null, rows: [], result: null, progress: null, end: null, error: null, loading: false, stale: false, startedAt: 0, stop });
      return undefined;
    }
    const own = new AbortController();
    controller.current = own;
    const draft: Omit<StreamAnswer<Row>, "stale"> = {
      meta: null, rows: [], result: null, progress: null, end: null, error: null, loading: true, startedAt: performance.now(), stop,
    };
    let frame = 0;
    let fresh = false;
    let disposed = false;
    const publish = (): void => {
      frame = 0;
      if (!disposed) setAnswer({ ...draft, rows: draft.rows, stale: false });
    };
    const schedule = (): void => {
      if (frame === 0) frame = requestAnimationFrame(publish);
    };
    setAnswer((before) => ({ ...before, progress: null, end: null, error: null, loading: true, stale: before.rows.length > 0 || before.result !== null, startedAt: draft.startedAt }));
    countPending(1);
    const settle = (status: StreamEnd["status"], why: string): void => {
      draft.loading = false;
      draft.end = draft.end ?? { status, why, statistics: {} };
      if (fresh || status !== "stopped") schedule();
      else setAnswer((before) => ({ ...before, loading: false, end: draft.end }));
    };
    fetchStream(path, own.signal, (message) => {
      switch (message.k) {
        case "meta": draft.meta = message; return;
        case "rows": draft.rows = draft.rows.concat(message.rows as Row[]); break;
        case "series": case "heatmap": draft.result = message; break;
        case "progress": {
          const unread = message.unread as [string, string] | undefined;
          draft.progress = { done: Number(message.done), total: Number(message.total), bytes: Number(message.bytes ?? 0), rows: Number(message.rows ?? 0), unread: unread?.length === 2 ? unread : null };
          if (!fresh) {
            setAnswer((before) => ({ ...before, progress: draft.progress }));
            return;
          }
          break;
        }
        case "end": draft.end = { status: message.status as StreamEnd["status"], why: String(message.why ?? ""), statistics: (message.statistics ?? {}) as Statistics }; break;
        case "error": draft.error = readError(message, 200, ""); break;
        default: return;
      }
      fresh = true;
      schedule();
    })
      .then((outcome) => settle(outcome === "cut" ? "cut" : "complete", outcome === "cut" ? "the connection was lost" : ""))
      .catch((failure) => {
        if (disposed) return;
        if (own.signal.aborted || aborted(failure)) {
          settle("stopped", "stopped");
          return;
        }
        draft.error = asAPIError(failure);
        draft.loading = false;
        if (fresh) schedule();
        else setAnswer((before) => ({ ...before, loading: false, error: draft.error, end: null }));
      })
      .finally(() => countPending(-1));
    return () => {
      disposed = true;
      cancelAnimationFrame(frame);
      own.abort();
    };
  }, [path, number, stop]);
  return answer;
}
