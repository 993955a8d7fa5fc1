import { ReactNode, useEffect, useState } from "react";
import { APIError, connection, retryConnection, setToken } from "../core/api";
import { useJSON } from "../core/answers";
import { StreamAnswer, useStream } from "../core/streams";
import { View } from "../core/url";
import { pathOf, question } from "../context/question";
import { byteCount, duration, groupedCount } from "../core/format";
import { StatusAnswer } from "../core/model";
import { navigate, refresh, useView, useWindow } from "../core/router";
import { newVersion } from "../core/newVersion";
import { useStore } from "../core/store";
import { ago, clockTime, millisecondsOf } from "../core/time";
import { filterText, inapplicable, Signal } from "../context/filters";
import { Button, Dialog, Link } from "./controls";
import { copyText } from "./toast";

/** Whether a failure is one panel's own: what is wrong with the query is said there, and that the server is away is said once. */
export function isOfPanel(error: APIError | null): error is APIError {
  return error !== null && error.parameter !== "q" && error.code !== "offline";
}

/** What went wrong in one panel; the other panels live on. */
export function ErrorPanel({ error, what }: { error: APIError; what: string }): JSX.Element | null {
  if (!isOfPanel(error)) return null;
  const details = `${what}: ${error.message}${error.requestID ? ` (request ${error.requestID})` : ""}`;
  return (
    <div className="state-panel error" role="alert">
      <strong>✕ {what}</strong>
      <p>{error.message}{error.hint ? ` · ${error.hint}` : ""}</p>
      {error.requestID ? <p className="note">request <code>{error.requestID}</code></p> : null}
      <div className="row">
        <Button onClick={refresh}>Retry</Button>
        <Button kind="quiet" onClick={() => void copyText(details, "Details")}>Copy</Button>
      </div>
    </div>
  );
}

const signalWords: Record<Signal, string> = { logs: "log records", traces: "spans", metrics: "metric points" };

/** Says which kind of nothing this is, and the way out of it. */
export function EmptyPanel({ signal, children }: { signal: Signal; children?: ReactNode }): JSX.Element {
  const current = useView();
  const window = useWindow();
  const { data } = useJSON<StatusAnswer>("status");
  if (!data) return <div className="state-panel" />;
  if (!data.ever_received[signal]) {
    return (
      <div className="state-panel">
        <strong>No {signalWords[signal]} were ever sent</strong>
        <p>Point an OpenTelemetry exporter at this server and they appear here.</p>
        <Link className="button primary" to={{ page: "start" }}>How to send data</Link>
      </div>
    );
  }
  const newest = millisecondsOf(data.newest?.[signal]);
  const applied = current.filters.filter((filter) => inapplicable(filter, signal) === null);
  const outside = !Number.isNaN(newest) && (newest < window.from || newest > window.to);
  return (
    <div className="state-panel">
      <strong>Nothing matches in this window</strong>
      {outside ? <p>The newest {signalWords[signal]} are {ago(newest, Date.now())}. <Button onClick={() => navigate({ from: String(Math.floor(newest - 18e5)), to: String(Math.ceil(newest + 6e4)) })}>Go there</Button></p> : null}
      {applied.length > 0 || current.query !== "" || current.extra.sel ? <p>Narrowed by:</p> : null}
      <div className="row wrap">
        {applied.map((filter) => <Button key={filterText(filter)} icon="close" onClick={() => navigate({ filters: current.filters.filter((other) => other !== filter) })}>{filterText(filter)}<CountWithout signal={signal} view={{ ...current, filters: current.filters.filter((other) => other !== filter) }} /></Button>)}
        {current.query !== "" ? <Button icon="close" onClick={() => navigate({ query: "" })}>{current.query}<CountWithout signal={signal} view={{ ...current, query: "" }} /></Button> : null}
        {current.extra.sel ? <Button icon="close" onClick={() => navigate({ extra: { sel: null } })}>the selected window</Button> : null}
      </div>
      {children}
    </div>
  );
}

/** How many would match without one condition, so that the one to remove is seen. */
function CountWithout({ signal, view }: { signal: Signal; view: View }): JSX.Element | null {
  const window = useWindow();
  const answer = useStream<never>(signal === "metrics" ? null : pathOf(`${signal}/aggregate`, question(view, window, signal, [["agg", "count"]])));
  const value = (answer.result?.groups as { values: (number | null)[] }[] | undefined)?.[0]?.values[0];
  return answer.result ? <span className="note"> without it: {groupedCount(value ?? 0)}</span> : null;
}

/** Progress and, after the end, what was read: always there in the same height, so that nothing jumps. */
export function ProgressRow({ answer, count, what, limited, children }: {
  answer: StreamAnswer<unknown>;
  count: number | null;
  what: string;
  /** What a limited answer holds, when it is not the newest rows. */
  limited?: string;
  children?: ReactNode;
}): JSX.Element {
  const [, tick] = useState(0);
  const slow = answer.loading && answer.startedAt > 0 && performance.now() - answer.startedAt > 500;
  useEffect(() => {
    if (!answer.loading) return undefined;
    const timer = setInterval(() => tick((number) => number + 1), 250);
    return () => clearInterval(timer);
  }, [answer.loading]);
  return (
    <div className="progress-row">
      <span className="progress-text" role="status">{answer.loading ? (slow ? workingText(answer) : answer.stale ? "from previous query" : " ") : endText(answer, count, what, limited)}</span>
      {slow ? <Button kind="plain" onClick={answer.stop}>Stop</Button> : null}
      {!answer.loading && (answer.end?.status === "stopped" || answer.end?.status === "cut")
        ? answer.proceed ? <Button kind="primary" onClick={answer.proceed}>Continue</Button> : <Button onClick={refresh}>Read again</Button> : null}
      <span className="push" />
      {children}
    </div>
  );
}

function workingText(answer: StreamAnswer<unknown>): string {
  const seconds = ((performance.now() - answer.startedAt) / 1000).toFixed(1);
  const progress = answer.progress;
  if (!progress) return `${seconds} s`;
  const parts: string[] = [];
  if (progress.total > 0) parts.push(`${Math.floor((100 * progress.done) / progress.total)} %`, `${progress.done} of ${progress.total} blocks`);
  parts.push(`${byteCount(progress.bytes)} read`, `${seconds} s`);
  if (progress.unread) parts.push(`newest first, ${rangeText(progress.unread)} not read yet`);
  return parts.join(" · ");
}

function rangeText([from, to]: [string, string]): string {
  const precision = millisecondsOf(to) - millisecondsOf(from) < 6e5 ? "second" : "minute";
  return `${clockTime(millisecondsOf(from), precision)} → ${clockTime(millisecondsOf(to), precision)}`;
}

function endText(answer: StreamAnswer<unknown>, count: number | null, what: string, limited: string | undefined): string {
  const end = answer.end;
  if (!end) return " ";
  const parts: string[] = [];
  const shown = count === null ? null : groupedCount(count);
  if (end.status === "limited" && shown) parts.push(limited ?? `newest ${shown} ${what} shown, older ones not looked at`);
  else if (shown) parts.push(`${shown} ${what}`);
  const unread = answer.progress?.unread;
  if (end.status === "stopped") parts.push(unread ? `partial: ${rangeText(unread)} not read` : "partial: stopped");
  if (end.status === "cut") parts.push(`partial: the connection was lost${unread ? `, ${rangeText(unread)} not read` : ""}`);
  if (end.status === "partial") parts.push(`partial: ${end.why}`);
  const statistics = end.statistics;
  if (statistics.rows_scanned !== undefined) parts.push(`${groupedCount(statistics.rows_scanned)} rows scanned`);
  if (statistics.blocks_total !== undefined) parts.push(`${statistics.blocks_read ?? 0} of ${statistics.blocks_total} blocks`);
  if (statistics.bytes_read !== undefined) parts.push(byteCount(statistics.bytes_read));
  if (statistics.elapsed_ms !== undefined) parts.push(duration(statistics.elapsed_ms * 1e6));
  return parts.join(" · ");
}

/** Says that the server does not answer, and when it is asked again. */
export function OfflineBanner(): JSX.Element | null {
  const state = useStore(connection);
  const [, tick] = useState(0);
  useEffect(() => {
    if (state.state !== "offline") return undefined;
    const timer = setInterval(() => tick((number) => number + 1), 500);
    return () => clearInterval(timer);
  }, [state]);
  if (state.state !== "offline") return null;
  return (
    <div className="banner" role="alert">
      <span>▲ The server does not answer. What you see stays; next try in {Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1000))} s.</span>
      <Button onClick={() => void retryConnection(state.attempt)}>Try now</Button>
    </div>
  );
}

/** Offers the server's newer interface; the address stays. */
export function NewVersionOffer(): JSX.Element | null {
  const offered = useStore(newVersion);
  if (!offered) return null;
  return (
    <div className="banner quiet" role="status">
      <span>The server has a newer version of these pages.</span>
      <Button onClick={() => location.reload()}>Load it</Button>
      <Button kind="quiet" onClick={() => newVersion.set(false)}>Later</Button>
    </div>
  );
}

/** Asks for a token when the server wants one. */
export function TokenPrompt(): JSX.Element | null {
  const state = useStore(connection);
  const [text, setText] = useState("");
  if (state.state !== "unauthorised") return null;
  return (
    <Dialog label="Token" onClose={() => undefined} className="token">
      <h2>This server wants a token</h2>
      <p>Make one where the server runs: <code>sightline token create --scope api</code>. It is kept for this tab only.</p>
      {state.wrong ? <p className="wrong" role="alert">The token was refused.</p> : null}
      <form onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === "") return;
        setToken(text.trim());
        setText("");
        refresh();
      }}>
        <label>Token <input data-autofocus type="password" autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} placeholder="sl_…" /></label>
        <button type="submit" className="button primary" disabled={text.trim() === ""}>Use it</button>
      </form>
    </Dialog>
  );
}
