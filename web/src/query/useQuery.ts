import { useEffect, useState } from "react";
import { aborted, asAPIError, countPending } from "../core/answers";
import { APIError, fetchJSON } from "../core/api";
import { noteAnswer, noteFailure } from "../core/freshness";
import { run } from "../core/router";
import { useStore } from "../core/store";
import { Statistics, StreamAnswer, StreamEnd } from "../core/streams";
import { planOf } from "./plan";
import { placeIn } from "./serverPlace";

/** What a page reads out of an answer of one of the languages' APIs. */
export interface QueryRows<Row> {
  rows: Row[];
  status?: StreamEnd["status"];
  why?: string;
  statistics?: Statistics;
}

/** The state of a query in one of the languages: as a stream's, with the answer and what the engine remarks. */
export interface QueryAnswer<Row> extends StreamAnswer<Row> {
  body: unknown;
  warnings: string[];
}

const nothing = { meta: null, rows: [], result: null, progress: null, end: null, error: null, loading: false, stale: false, startedAt: 0, stop: () => undefined, proceed: null, body: null, plan: null, warnings: [] };

/** Languages' APIs answer at once: what is on display stays until then, and a stop ends the server's work. */
export function useQuery<Row>(path: string | null, query: string, read: (body: unknown) => QueryRows<Row>, headers?: Record<string, string>): QueryAnswer<Row> {
  const number = useStore(run);
  const [answer, setAnswer] = useState<QueryAnswer<Row>>({ ...nothing, loading: path !== null });
  useEffect(() => {
    if (path === null) {
      setAnswer(nothing);
      return undefined;
    }
    const controller = new AbortController();
    let disposed = false;
    const startedAt = performance.now();
    const askedAt = Date.now();
    setAnswer((before) => ({ ...before, loading: true, error: null, end: null, stale: before.body !== null, startedAt, stop: () => controller.abort() }));
    countPending(1);
    fetchJSON<unknown>(path, controller.signal, headers)
      .then((body) => {
        if (disposed) return;
        noteAnswer(askedAt);
        const found = read(body);
        const plan = planOf(body);
        const remarks = body as { warnings?: string[]; infos?: string[] };
        const statistics = { elapsed_ms: performance.now() - startedAt, ...found.statistics, ...plan?.statistics };
        setAnswer({ ...nothing, rows: found.rows, end: { status: found.status ?? "complete", why: found.why ?? "", statistics }, startedAt, body, plan, warnings: [...(remarks.warnings ?? []), ...(remarks.infos ?? [])] });
      })
      .catch((failure) => {
        if (disposed) return;
        if (aborted(failure)) {
          setAnswer((before) => ({ ...before, loading: false, end: { status: "stopped", why: "stopped", statistics: {} } }));
          return;
        }
        const error = aboutQuery(asAPIError(failure), query);
        noteFailure(error.status);
        setAnswer((before) => ({ ...before, loading: false, stale: before.body !== null, error, plan: null }));
      })
      .finally(() => countPending(-1));
    return () => {
      disposed = true;
      controller.abort();
    };
  }, [path, number]);
  return answer;
}

/** A refusal as a complaint about the query, at its place. */
function aboutQuery(error: APIError, query: string): APIError {
  if (error.status < 400 || error.status >= 500 || error.status === 401 || error.status === 403) return error;
  const { message, position, length } = placeIn(error.message, query);
  return new APIError(error.status, error.code, message, error.requestID, "q", position, length);
}
