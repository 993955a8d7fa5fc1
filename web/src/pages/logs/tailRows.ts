import { RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { LogRecord } from "../../core/model";
import { GridHandle } from "../../ui/VirtualGrid";
import { Tail } from "./tail";

/** Lines at most while they are wrapped: those are all in the document. */
const wrappedLimit = 500;

/** The lines on display: an answer newest first, or a tail behind it with the newest at the end. */
export function useShownRows(live: boolean, tail: Tail, answer: LogRecord[], wrapped: boolean): LogRecord[] {
  const before = useMemo(() => (live ? answer.slice().reverse() : []), [live, answer]);
  return useMemo(() => {
    if (!live) return wrapped ? answer.slice(0, wrappedLimit) : answer;
    const all = tail.forgotten > 0 ? tail.rows : joined(before, tail.rows);
    return wrapped ? all.slice(-wrappedLimit) : all;
  }, [live, wrapped, before, tail.rows, tail.forgotten, answer]);
}

/** The lines that were there, then those of the tail; a record that is in both appears once. */
function joined(before: LogRecord[], tail: LogRecord[]): LogRecord[] {
  if (tail.length === 0) return before;
  const known = new Set(before.map((record) => record.id));
  return before.concat(tail.filter((record) => !known.has(record.id)));
}

/** Keeps the end of a tail in sight until somebody scrolls up or chooses a line. */
export function useFollowing(live: boolean, tail: Tail, rows: LogRecord[], grid: RefObject<GridHandle>): { onScroll: (atEnd: boolean, upward: boolean) => void; pause: () => void; resume: () => void } {
  const following = useRef(true);
  useEffect(() => {
    if (!live) return;
    following.current = true;
    grid.current?.scrollToEnd();
  }, [live]);
  useLayoutEffect(() => {
    if (live && following.current) grid.current?.scrollToEnd();
  }, [live, rows]);
  const onScroll = useCallback((atEnd: boolean, upward: boolean) => {
    if (!live || (!atEnd && !upward)) return;
    following.current = atEnd;
    tail.hold(!atEnd);
  }, [live, tail.hold]);
  const pause = useCallback(() => {
    if (!live) return;
    following.current = false;
    tail.hold(true);
  }, [live, tail.hold]);
  const resume = (): void => {
    following.current = true;
    tail.hold(false);
    grid.current?.scrollToEnd();
  };
  return { onScroll, pause, resume };
}
