import { useEffect, useState } from "react";
import { APIError, fetchJSON } from "./api";
import { noteAnswer, noteFailure } from "./freshness";
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

/** Counts a question that begins (1) or ends (-1). */
export function countPending(change: number): void {
  pending.count += change;
  pending.listeners.forEach((listener) => listener());
}

/** Whether a question was given up rather than failed. */
export const aborted = (failure: unknown): boolean => (failure as Error)?.name === "AbortError";

/** Any other failure of reading an answer, as an error that panels show. */
export function asAPIError(failure: unknown): APIError {
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
    const askedAt = Date.now();
    fetchJSON<T>(path, controller.signal)
      .then((data) => {
        noteAnswer(askedAt);
        setAnswer({ data, stale: false, loading: false, error: null });
      })
      .catch((failure) => {
        if (aborted(failure)) return;
        const error = asAPIError(failure);
        noteFailure(error.status);
        setAnswer((before) => ({ data: before.data, stale: before.data !== null, loading: false, error }));
      })
      .finally(() => countPending(-1));
    return () => controller.abort();
  }, [path, number]);
  return answer;
}
