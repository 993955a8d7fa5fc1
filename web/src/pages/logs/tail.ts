import { useEffect, useMemo, useRef, useState } from "react";
import { token } from "../../core/api";
import { groupedCount } from "../../core/format";
import { LogRecord } from "../../core/model";
import { millisecondsOf } from "../../core/time";
import { TailBuffer } from "./tailBuffer";
import { TailMessage, TailSource } from "./tailSources";

/** Missed lines that are put back at most. */
const fillLimit = 2_000;

/** Milliseconds before the newest line from which missed lines are looked for: senders deliver in batches, not in the order of time. */
const overlap = 5_000;

/** What is seen of a live tail. */
interface TailView {
  rows: LogRecord[];
  /** Remarks before lines, by their ids. */
  notes: ReadonlyMap<string, string>;
  /** Lines that came while the view is held. */
  waiting: number;
  /** Lines that the server left out. */
  dropped: number;
  /** Lines that left the buffer at the top. */
  forgotten: number;
  rate: number;
  state: "connecting" | "open" | "closed" | "stopped";
}

/** A live tail and what can be done with it. */
export interface Tail extends TailView {
  /** Held, the lines on display stay while new ones are collected. */
  hold: (held: boolean) => void;
  /** Ends the connection and keeps what came. */
  stop: () => void;
  /** Connects again; what was missed meanwhile is read and put where it belongs. */
  proceed: () => void;
}

const nothing: TailView = { rows: [], notes: new Map(), waiting: 0, dropped: 0, forgotten: 0, rate: 0, state: "connecting" };

/** Follows new log records; null follows nothing. Rows are oldest first. */
export function useTail(source: TailSource | null): Tail {
  const [shown, setShown] = useState(nothing);
  const connection = useRef<TailConnection | null>(null);
  useEffect(() => {
    setShown(nothing);
    if (source === null) return undefined;
    const own = new TailConnection(source, setShown);
    connection.current = own;
    own.open();
    return () => {
      connection.current = null;
      own.end();
    };
  }, [source?.key]);
  const actions = useMemo(() => ({
    hold: (held: boolean) => connection.current?.hold(held),
    stop: () => connection.current?.stop(),
    proceed: () => connection.current?.open(),
  }), []);
  return { ...shown, ...actions };
}

/** One tail: its socket, its lines, and how both recover. */
class TailConnection {
  private readonly buffer = new TailBuffer();
  private readonly reading = new AbortController();
  private socket: WebSocket | null = null;
  private again: ReturnType<typeof setTimeout> | undefined;
  private state: TailView["state"] = "connecting";
  private held = false;
  private frozen: LogRecord[] = [];
  private waiting = 0;
  private dropped = 0;
  private droppedBefore = 0;
  private rate = 0;
  private attempt = 0;
  private frame = 0;
  private ended = false;
  /** The time of the newest line, milliseconds since 1970: what was missed begins here. */
  private newest = Date.now();
  /** How the lines were missed, while they are. */
  private interruption: "stopped" | "cut off" | null = null;

  /** Lines of this second, and the clock that counts them where the server does not. */
  private counted = 0;
  private readonly clock = setInterval(() => this.countSecond(), 1000);
  private countsItself = true;

  constructor(private readonly source: TailSource, private readonly show: (view: TailView) => void) {}

  open(): void {
    clearTimeout(this.again);
    const url = new URL(this.source.url.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const secret = token();
    const socket = secret === null ? new WebSocket(url.href) : new WebSocket(url.href, ["sightline.tail", `bearer.${secret}`]);
    this.socket = socket;
    this.state = "connecting";
    this.publish();
    socket.onopen = () => {
      this.attempt = 0;
      this.state = "open";
      this.publish();
      if (this.interruption) void this.fillGap(this.interruption);
    };
    socket.onmessage = (event) => this.receive(this.source.read(JSON.parse(String(event.data))));
    socket.onclose = () => {
      if (this.ended || this.socket !== socket) return;
      this.state = "closed";
      this.interrupt("cut off");
      this.publish();
      this.again = setTimeout(() => this.open(), Math.min(15e3, 1e3 * 2 ** this.attempt));
      this.attempt += 1;
    };
  }

  stop(): void {
    this.disconnect();
    this.interrupt("stopped");
    this.state = "stopped";
    this.rate = 0;
    this.publish();
  }

  hold(held: boolean): void {
    if (this.held === held) return;
    this.held = held;
    this.frozen = held ? this.buffer.rows.slice() : [];
    if (!held) this.waiting = 0;
    this.publish();
  }

  end(): void {
    this.ended = true;
    this.reading.abort();
    clearInterval(this.clock);
    cancelAnimationFrame(this.frame);
    this.disconnect();
  }

  private disconnect(): void {
    clearTimeout(this.again);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private interrupt(how: "stopped" | "cut off"): void {
    this.buffer.interrupt();
    this.interruption ??= how;
    this.droppedBefore += this.dropped;
    this.dropped = 0;
  }

  private receive({ rows, dropped, rate }: TailMessage): void {
    if (rows.length > 0) {
      this.buffer.push(rows);
      this.counted += rows.length;
      if (this.held) this.waiting += rows.length;
      if (this.interruption === null) this.newest = Math.max(this.newest, Math.min(Date.now(), millisecondsOf(rows[rows.length - 1].time)));
    }
    this.dropped = dropped ?? this.dropped;
    if (rate !== undefined) {
      this.countsItself = false;
      this.rate = rate;
    }
    this.publish();
  }

  private countSecond(): void {
    if (!this.countsItself || this.state !== "open" || (this.rate === 0 && this.counted === 0)) return;
    this.rate = this.counted;
    this.counted = 0;
    this.publish();
  }

  /** Reads what came between the newest line and now. */
  private async fillGap(how: "stopped" | "cut off"): Promise<void> {
    const to = Date.now() + 1000;
    const from = Math.floor(this.newest - overlap);
    try {
      const { rows, limited } = await this.source.missed(from, to, fillLimit, this.reading.signal);
      const known = this.buffer.rows.filter((row) => millisecondsOf(row.time) >= from).length;
      const all = limited ? Math.max(rows.length, (await this.source.count(from, to, this.reading.signal)) - known) : rows.length;
      // The connection may have gone again meanwhile; the interruption then goes on.
      if (this.ended || this.state !== "open") return;
      const words = how === "stopped" ? "while stopped" : "while the connection was cut";
      const added = this.buffer.fill(rows.reverse(), (count) => (limited ? `${groupedCount(all)} lines came ${words}; the newest ${groupedCount(count)} of them are shown` : `${groupedCount(count)} ${count === 1 ? "line" : "lines"} came ${words}, all are shown`));
      if (this.held) this.waiting += added;
      this.interruption = null;
      this.newest = Date.now();
      this.publish();
    } catch {
      // Without an answer the interruption stays, and the next connection reads it.
      return;
    }
  }

  /** Shows the state with the next frame: lines may come faster than frames. */
  private publish(): void {
    if (this.frame !== 0 || this.ended) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.show({
        rows: this.held ? this.frozen : this.buffer.rows.slice(), notes: this.buffer.notes, waiting: this.waiting,
        dropped: this.droppedBefore + this.dropped, forgotten: this.buffer.forgotten, rate: this.rate, state: this.state,
      });
    });
  }
}
