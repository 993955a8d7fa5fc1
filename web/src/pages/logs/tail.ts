import { useEffect, useRef, useState } from "react";
import { token } from "../../core/api";
import { LogRecord } from "../../core/model";
import { apiBase } from "../../core/router";

/** Lines kept while the tail runs; older ones leave at the top. */
const bufferLimit = 20_000;

/** The state of a live tail. */
export interface Tail {
  rows: LogRecord[];
  /** Lines that came while the view is held. */
  waiting: number;
  dropped: number;
  rate: number;
  state: "connecting" | "open" | "closed";
  hold: (held: boolean) => void;
}

/** Follows new log records that match; null follows nothing. Rows are oldest first. */
export function useTail(query: string | null): Tail {
  const [shown, setShown] = useState({ rows: [] as LogRecord[], waiting: 0, dropped: 0, rate: 0, state: "connecting" as Tail["state"] });
  const held = useRef(false);
  const buffer = useRef<LogRecord[]>([]);
  const waiting = useRef(0);
  const publish = useRef<() => void>(() => undefined);
  const hold = useRef((value: boolean) => {
    if (held.current === value) return;
    held.current = value;
    if (!value) {
      waiting.current = 0;
      publish.current();
    }
  });
  useEffect(() => {
    buffer.current = [];
    waiting.current = 0;
    held.current = false;
    if (query === null) {
      setShown({ rows: [], waiting: 0, dropped: 0, rate: 0, state: "connecting" });
      return undefined;
    }
    let [dropped, rate, frame, attempt] = [0, 0, 0, 0];
    let state: Tail["state"] = "connecting";
    let socket: WebSocket | null = null;
    let again: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    publish.current = () => {
      frame = 0;
      setShown((before) => ({ rows: held.current ? before.rows : buffer.current.slice(), waiting: waiting.current, dropped, rate, state }));
    };
    const schedule = (): void => {
      if (frame === 0) frame = requestAnimationFrame(() => publish.current());
    };
    const receive = (message: { k: string; rows?: LogRecord[]; dropped?: number; rate?: number }): void => {
      if (message.k === "rows") {
        const rows = message.rows ?? [];
        const room = bufferLimit - rows.length;
        if (buffer.current.length > room) buffer.current.splice(0, buffer.current.length - room);
        buffer.current.push(...rows);
        if (held.current) waiting.current += rows.length;
      } else if (message.k === "status") {
        dropped = message.dropped ?? dropped;
        rate = message.rate ?? rate;
      }
      schedule();
    };
    const open = (): void => {
      const url = new URL(`tail?${query}`, apiBase);
      url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
      const secret = token();
      socket = secret === null ? new WebSocket(url.href) : new WebSocket(url.href, ["sightline.tail", `bearer.${secret}`]);
      socket.onopen = () => {
        attempt = 0;
        state = "open";
        schedule();
      };
      socket.onmessage = (event) => receive(JSON.parse(String(event.data)));
      socket.onclose = () => {
        if (ended) return;
        state = "closed";
        schedule();
        again = setTimeout(open, Math.min(15e3, 1e3 * 2 ** attempt));
        attempt += 1;
      };
    };
    open();
    return () => {
      ended = true;
      clearTimeout(again);
      cancelAnimationFrame(frame);
      socket?.close();
    };
  }, [query]);
  return { ...shown, hold: hold.current };
}
