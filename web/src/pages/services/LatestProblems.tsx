import { ReactNode } from "react";
import { withFilter, withoutService } from "../../context/filters";
import { pathOf, question } from "../../context/question";
import { duration, valueText } from "../../core/format";
import { LogRecord, severityOf, TraceRow } from "../../core/model";
import { useView, useWindow } from "../../core/router";
import { useStream } from "../../core/streams";
import { clockTime, millisecondsOf } from "../../core/time";
import { Filter } from "../../core/url";
import { Link } from "../../ui/controls";

/** Entries of each list. */
const count = 8;

/** Where to look first: the slowest traces and the newest warnings of one service, one click each. */
export function LatestProblems({ service }: { service: string }): JSX.Element {
  const current = useView();
  const window = useWindow();
  const own = withFilter(withoutService(current.filters), { key: "service.name", op: "eq", value: service });
  const warnings: Filter[] = withFilter(own, { key: "severity", op: "gte", value: "warn" });
  const traces = useStream<TraceRow>(pathOf("traces", question({ ...current, filters: own, query: "" }, window, "traces", [["sort", "duration"], ["limit", String(count)]])));
  const logs = useStream<LogRecord>(pathOf("logs", question({ ...current, filters: warnings, query: "" }, window, "logs", [["limit", String(count)]])));
  return (
    <div className="problems">
      <Panel title="Slowest traces" all={{ page: "traces", id: "", filters: own, extra: { sort: "duration" } }} empty="no traces in this window" ready={!traces.loading} rows={traces.rows.length}>
        {traces.rows.map((trace) => (
          <li key={trace.trace_id}>
            <Link to={{ page: "traces", id: trace.trace_id }}>
              <span className="note">{clockTime(millisecondsOf(trace.start), "second")}</span>
              <b>{duration(trace.duration)}</b>
              <span className="cut">{trace.root_service} {trace.root_name}</span>
              {trace.errors > 0 ? <span className="error">✕ {trace.errors}<span className="off-screen"> errors</span></span> : null}
            </Link>
          </li>
        ))}
      </Panel>
      <Panel title="Newest warnings and errors" all={{ page: "logs", id: "", filters: warnings }} empty="no warnings in this window" ready={!logs.loading} rows={logs.rows.length}>
        {logs.rows.map((line) => {
          const severity = severityOf(line.severity);
          return (
            <li key={line.id}>
              <Link to={{ page: "logs", id: "", filters: warnings, extra: { log: line.id } }}>
                <span className="note">{clockTime(millisecondsOf(line.time), "second")}</span>
                <span className={`severity-word ${severity?.name ?? "unset"}`}>{severity?.shape}<span className="off-screen"> {severity?.word}</span></span>
                <span className="cut">{valueText(line.body) || line.event_name}</span>
              </Link>
            </li>
          );
        })}
      </Panel>
    </div>
  );
}

function Panel({ title, all, empty, ready, rows, children }: { title: string; all: Parameters<typeof Link>[0]["to"]; empty: string; ready: boolean; rows: number; children: ReactNode }): JSX.Element {
  return (
    <section aria-label={title}>
      <h2>{title} <Link to={all} label={`All: ${title}`}>all</Link></h2>
      <ol>{children}</ol>
      {ready && rows === 0 ? <p className="note">{empty}</p> : null}
    </section>
  );
}
