import { useEffect, useState } from "react";
import { aborted, asAPIError, countPending } from "./answers";
import { APIError, fetchStream, readError } from "./api";
import { noteAnswer, noteFailure } from "./freshness";
import type { StreamMessage } from "./ndjson";
import { run } from "./router";
import { useStore } from "./store";
import { millisecondsOf } from "./time";

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

/** How a query in a language was answered: the plan's lines, indented by depth, and what it read. */
export interface Plan {
  language: string;
  plan: string[];
  statistics: Statistics;
}

/** The state of one streamed question. */
export interface StreamAnswer<Row> {
  meta: Record<string, unknown> | null;
  rows: Row[];
  /** The message `series` or `heatmap` of an aggregate. */
  result: Record<string, unknown> | null;
  /** When it was asked for. */
  plan: Plan | null;
  progress: Progress | null;
  end: StreamEnd | null;
  error: APIError | null;
  loading: boolean;
  stale: boolean;
  /** Milliseconds since the question began; after the end, what it took. */
  startedAt: number;
  stop: () => void;
  /** Reads on where it stopped or was cut; null when that cannot be said or nothing is left. */
  proceed: (() => void) | null;
}

const idle = { meta: null, rows: [], result: null, plan: null, progress: null, end: null, error: null, loading: false, stale: false, startedAt: 0, stop: () => undefined, proceed: null };

/**
 * Asks for a stream at `path` (null asks nothing). Rows are shown as they come; old ones stay until the first new line.
 *
 * With `identity` a stream of rows, newest first, can be continued after Stop: what is read twice is shown once.
 * `rowsOf` reads rows that are written in another form; both are functions of modules, not made anew in each pass.
 */
export function useStream<Row>(path: string | null, identity?: (row: Row) => string, rowsOf: (message: StreamMessage) => Row[] = plainRows): StreamAnswer<Row> {
  const number = useStore(run);
  const [answer, setAnswer] = useState<StreamAnswer<Row>>({ ...idle, loading: path !== null });
  useEffect(() => {
    if (path === null) {
      setAnswer(idle);
      return undefined;
    }
    const reader = new StreamReader<Row>(path, identity, rowsOf, setAnswer);
    reader.begin(path);
    return () => reader.dispose();
  }, [path, number]);
  return answer;
}

function plainRows<Row>(message: StreamMessage): Row[] {
  return message.rows as Row[];
}

/** Reads one question's stream, in one or more parts, and publishes its state at most once a frame. */
class StreamReader<Row> {
  private draft: StreamAnswer<Row> = { ...idle, stop: () => this.controller.abort() };
  private controller = new AbortController();
  private frame = 0;
  /** Something of the new answer is there: from then on it takes the place of the old one. */
  private fresh = false;
  private disposed = false;

  constructor(
    private readonly path: string,
    private readonly identity: ((row: Row) => string) | undefined,
    private readonly rowsOf: (message: StreamMessage) => Row[],
    private readonly publish: (change: (before: StreamAnswer<Row>) => StreamAnswer<Row>) => void,
  ) {}

  begin(path: string): void {
    const { draft } = this;
    const own = new AbortController();
    const askedAt = Date.now();
    this.controller = own;
    Object.assign(draft, { loading: true, end: null, error: null, proceed: null, startedAt: performance.now() });
    const known = this.identity && draft.rows.length > 0 ? new Set(draft.rows.map(this.identity)) : null;
    if (this.fresh) this.schedule();
    else this.publish((before) => ({ ...before, progress: null, end: null, error: null, proceed: null, loading: true, stale: before.rows.length > 0 || before.result !== null, startedAt: draft.startedAt, stop: draft.stop }));
    countPending(1);
    fetchStream(path, own.signal, (message) => this.receive(message, known))
      .then((outcome) => {
        noteAnswer(askedAt);
        this.settle(outcome === "cut" ? "cut" : "complete", outcome === "cut" ? "the connection was lost" : "");
      })
      .catch((failure) => {
        if (this.disposed) return;
        if (own.signal.aborted || aborted(failure)) {
          this.settle("stopped", "stopped");
          return;
        }
        draft.error = asAPIError(failure);
        draft.loading = false;
        noteFailure(draft.error.status);
        this.show({ error: draft.error, end: null });
      })
      .finally(() => countPending(-1));
  }

  dispose(): void {
    this.disposed = true;
    cancelAnimationFrame(this.frame);
    this.controller.abort();
  }

  private receive(message: StreamMessage, known: Set<string> | null): void {
    const { draft, identity } = this;
    switch (message.k) {
      case "meta": draft.meta = message; return;
      case "rows": {
        const rows = this.rowsOf(message);
        draft.rows = draft.rows.concat(known && identity ? rows.filter((row) => !known.has(identity(row))) : rows);
        break;
      }
      case "plan": draft.plan = message.explain as Plan; return;
      case "series": case "heatmap": draft.result = message; break;
      case "progress": {
        const unread = message.unread as [string, string] | undefined;
        draft.progress = { done: Number(message.done), total: Number(message.total), bytes: Number(message.bytes ?? 0), rows: Number(message.rows ?? 0), unread: unread?.length === 2 ? unread : null };
        if (this.fresh) break;
        this.publish((before) => ({ ...before, progress: draft.progress }));
        return;
      }
      case "end": draft.end = { status: message.status as StreamEnd["status"], why: String(message.why ?? ""), statistics: (message.statistics ?? {}) as Statistics }; break;
      case "error": draft.error = readError(message, 200, ""); break;
      default: return;
    }
    this.fresh = true;
    this.schedule();
  }

  private settle(status: StreamEnd["status"], why: string): void {
    const { draft } = this;
    draft.loading = false;
    draft.end = draft.end ?? { status, why, statistics: {} };
    const unread = draft.progress?.unread;
    const interrupted = draft.end.status === "stopped" || draft.end.status === "cut";
    draft.proceed = interrupted && this.fresh && this.identity && unread ? () => this.begin(withEnd(this.path, unread[1])) : null;
    if (this.fresh || status !== "stopped") this.schedule();
    else this.show({ end: draft.end });
  }

  /** Publishes a change to what is on display, which is the old answer until the new one has something. */
  private show(change: Partial<StreamAnswer<Row>>): void {
    if (this.fresh) this.schedule();
    else if (!this.disposed) this.publish((before) => ({ ...before, ...change, loading: false }));
  }

  private schedule(): void {
    if (this.frame !== 0 || this.disposed) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.disposed) this.publish(() => ({ ...this.draft, stale: false }));
    });
  }
}

/** A question that ends at a time, given in decimal nanoseconds. */
function withEnd(path: string, nanoseconds: string): string {
  const [endpoint, query] = [path.slice(0, path.indexOf("?")), new URLSearchParams(path.slice(path.indexOf("?") + 1))];
  query.set("to", String(Math.ceil(millisecondsOf(nanoseconds)) + 1));
  return `${endpoint}?${query.toString()}`;
}
