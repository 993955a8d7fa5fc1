import { useEffect, useState } from "react";
import { useKeys } from "../core/keys";
import { navigate, TimeWindow, useView, useWindow } from "../core/router";
import { dayAndTime, relativeText, resolveTime, windowText } from "../core/time";
import { Button, Popover } from "../ui/controls";
import { Icon } from "../ui/icons";
import { toast } from "../ui/toast";

const presets: [string, string][] = [
  ["now-5m", "5 minutes"], ["now-15m", "15 minutes"], ["now-30m", "30 minutes"], ["now-1h", "1 hour"], ["now-3h", "3 hours"],
  ["now-6h", "6 hours"], ["now-12h", "12 hours"], ["now-1d", "1 day"], ["now-3d", "3 days"], ["now-1w", "1 week"],
];

function showWindow(window: TimeWindow): void {
  navigate({ from: String(Math.round(window.from)), to: String(Math.round(window.to)), extra: { sel: null } });
}

/** Time of the context: presets, typed times, and the keys behind `t`. */
export function TimePicker(): JSX.Element {
  const current = useView();
  const window = useWindow();
  const [open, setOpen] = useState(false);
  const span = window.to - window.from;
  const preset = (from: string) => (): void => navigate({ from, to: "now", extra: { sel: null } });
  const shift = (share: number) => (): void => showWindow({ from: window.from + span * share, to: window.to + span * share });
  const group = "Time";
  useKeys([
    { keys: "t 1", label: "Last hour", group, run: preset("now-1h") },
    { keys: "t 3", label: "Last 3 hours", group, run: preset("now-3h") },
    { keys: "t 6", label: "Last 6 hours", group, run: preset("now-6h") },
    { keys: "t d", label: "Last day", group, run: preset("now-1d") },
    { keys: "t w", label: "Last week", group, run: preset("now-1w") },
    { keys: "t ArrowLeft", label: "Half a window back", group, run: shift(-0.5) },
    { keys: "t ArrowRight", label: "Half a window forward", group, run: shift(0.5) },
    { keys: "t z", label: "Zoom out", group, run: () => showWindow({ from: window.from - span / 2, to: Math.min(Date.now(), window.to + span / 2) }) },
    { keys: "t a", label: "Make the time absolute", group, run: () => {
      showWindow(window);
      toast("The link now holds absolute times");
    } },
    { keys: "t t", label: "Type a time", group, run: () => setOpen(true) },
  ]);
  const words = relativeText(current.from, current.to);
  return (
    <div className="anchor">
      <button type="button" className="button plain time" aria-haspopup="dialog" aria-expanded={open} title={`${dayAndTime(window.from)} – ${dayAndTime(window.to)}  t t`} onClick={() => setOpen(!open)}>
        <Icon name="clock" />
        <span className="text">{words ?? windowText(window.from, window.to, Date.now())}</span>
        <Icon name="down" size={12} />
      </button>
      <Popover open={open} onClose={() => setOpen(false)} label="Time" align="right" className="time-box">
        <TimeForm window={window} onDone={() => setOpen(false)} />
      </Popover>
    </div>
  );
}

function TimeForm({ window, onDone }: { window: TimeWindow; onDone: () => void }): JSX.Element {
  const current = useView();
  const [from, setFrom] = useState(readable(current.from));
  const [to, setTo] = useState(readable(current.to));
  const [wrong, setWrong] = useState("");
  useEffect(() => setWrong(""), [from, to]);
  const apply = (event: React.FormEvent): void => {
    event.preventDefault();
    const [first, last] = [parse(from), parse(to)];
    if (first === null || last === null) {
      setWrong("a time is now, now-2h, 2026-09-22T12:00 or epoch milliseconds");
      return;
    }
    if (first.at >= last.at) {
      setWrong("the end must be after the beginning");
      return;
    }
    navigate({ from: first.text, to: last.text, extra: { sel: null } });
    onDone();
  };
  return (
    <form onSubmit={apply}>
      <label>From <input data-autofocus type="text" value={from} onChange={(event) => setFrom(event.target.value)} aria-invalid={wrong !== ""} spellCheck={false} /></label>
      <label>To <input type="text" value={to} onChange={(event) => setTo(event.target.value)} aria-invalid={wrong !== ""} spellCheck={false} /></label>
      {wrong ? <p className="wrong" role="alert">{wrong}</p> : <p className="note">{dayAndTime(window.from)} – {dayAndTime(window.to)} ({Intl.DateTimeFormat().resolvedOptions().timeZone})</p>}
      <button type="submit" className="button primary">Apply</button>
      <div className="presets">
        {presets.map(([start, name]) => (
          <Button key={start} kind={current.from === start && current.to === "now" ? "primary" : "plain"} onClick={() => {
            navigate({ from: start, to: "now", extra: { sel: null } });
            onDone();
          }}>{name}</Button>
        ))}
      </div>
    </form>
  );
}

function readable(text: string): string {
  if (!/^\d+$/.test(text)) return text;
  const date = new Date(Number(text));
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 6e4);
  return local.toISOString().replace("Z", "").replace(/\.000$/, "");
}

/** A time as typed: relative times stay as they are, others become epoch milliseconds. */
function parse(text: string): { text: string; at: number } | null {
  const trimmed = text.trim().replace(/^(\d{4}-\d{2}-\d{2}) /, "$1T");
  const at = resolveTime(trimmed, Date.now());
  if (at === null) return null;
  return { text: trimmed.startsWith("now") ? trimmed : String(at), at };
}
