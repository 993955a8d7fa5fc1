import { useEffect, useMemo, useRef } from "react";
import { PivotRow, Subject } from "../../context/pivots";
import { useJSON } from "../../core/answers";
import { valueText } from "../../core/format";
import { LogContext, LogRecord, severityOf, TraceSkeleton } from "../../core/model";
import { linkTo, navigate } from "../../core/router";
import { clockTime, dayAndTime, millisecondsOf } from "../../core/time";
import { pathOf } from "../../context/question";
import { AttributeTree } from "../../ui/AttributeTree";
import { ColumnChoice } from "../../ui/ColumnToggle";
import { Button, ServiceName } from "../../ui/controls";
import { copyText } from "../../ui/toast";
import { Minimap } from "../../viz/Minimap";

/** What a log line leads to. */
export function subjectOf(record: LogRecord): Subject {
  return { service: record.service, traceID: record.trace_id, spanID: record.span_id, time: millisecondsOf(record.time), milliseconds: 0 };
}

/** One log record with everything it carries, its place in its trace, and the lines around it. */
export function LogDetail({ id, known, onClose, onShow, columns, isMade }: {
  id: string;
  known: LogRecord | null;
  onClose: () => void;
  onShow: (record: LogRecord) => void;
  columns?: ColumnChoice;
  /** The line was made by a query: it has no place among stored lines. */
  isMade?: boolean;
}): JSX.Element {
  const { data: context, error } = useJSON<LogContext>(isMade ? null : pathOf("logs/context", [["id", id], ["before", "8"], ["after", "8"]]));
  const record = known ?? (context?.record.id === id ? context.record : null);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    panel.current?.focus({ preventScroll: true });
  }, []);
  return (
    <aside ref={panel} className="detail" aria-label="Log record" tabIndex={-1} onKeyDown={(event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      onClose();
    }}>
      {record ? <Body record={record} context={context} isMade={isMade ?? false} onClose={onClose} onShow={onShow} columns={columns} /> : (
        <div className="state-panel">{error ? `This line could not be read: ${error.message}` : ""}<Button keys="Escape" onClick={onClose}>Close</Button></div>
      )}
    </aside>
  );
}

function Body({ record, context, onClose, onShow, columns, isMade }: { record: LogRecord; context: LogContext | null; isMade: boolean; onClose: () => void; onShow: (record: LogRecord) => void; columns?: ColumnChoice }): JSX.Element {
  const severity = severityOf(record.severity);
  const time = millisecondsOf(record.time);
  const text = valueText(record.body);
  const own = { from: String(Math.floor(time - 3e5)), to: String(Math.ceil(time + 3e5)), extra: { log: record.id } };
  return (
    <>
      <div className="detail-head">
        <h2 className={`severity-word ${severity?.name ?? "unset"}`}>{severity ? <><span aria-hidden="true">{severity.shape}</span> {severity.word}</> : "Log record"}</h2>
        <ServiceName name={record.service} />
        <span className="push" />
        <Button kind="icon" icon="copy" label="Copy this line as JSON" onClick={() => void copyText(JSON.stringify(record, null, 2), "JSON")} />
        <Button kind="icon" icon="link" label="Copy the link of this line" onClick={() => void copyText(linkTo(own), "Link of this line")} />
        <Button kind="icon" icon="close" label="Close" keys="Escape" onClick={onClose} />
      </div>
      <p className="note"><time>{dayAndTime(time, "millisecond")}</time> · {record.time} ns</p>
      {typeof record.body === "object" && record.body !== null ? <AttributeTree attributes={record.body as Record<string, unknown>} prefix="body." columns={columns} /> : <pre className="body-text" tabIndex={0} aria-label="Body">{text || "(no body)"}</pre>}
      {record.truncated_values_count ? <p className="wrong">{record.truncated_values_count} values were cut to 1 MiB</p> : null}
      <PivotRow subject={subjectOf(record)} />
      {record.trace_id ? <TraceStrip record={record} /> : null}
      <section>
        <h3>Attributes</h3>
        <AttributeTree attributes={record.attributes} columns={columns} />
        {record.dropped_attributes_count ? <p className="note">{record.dropped_attributes_count} attributes were dropped</p> : null}
      </section>
      <section>
        <h3>Record</h3>
        <AttributeTree attributes={intrinsic(record)} columns={columns} />
      </section>
      <section>
        <h3>Resource</h3>
        <AttributeTree attributes={record.resource} columns={columns} />
      </section>
      {record.scope?.name ? (
        <section>
          <h3>Scope</h3>
          <AttributeTree attributes={{ name: record.scope.name, ...(record.scope.version ? { version: record.scope.version } : {}), ...record.scope.attributes }} prefix="scope." columns={columns} />
        </section>
      ) : null}
      {isMade ? null : (
        <section id="lines-around">
          <h3>Lines around <kbd>C</kbd></h3>
          {context ? <LinesAround context={context} onShow={onShow} /> : <p className="note"> </p>}
        </section>
      )}
    </>
  );
}

function intrinsic(record: LogRecord): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const key of ["severity_text", "event_name", "trace_id", "span_id", "flags"] as const) {
    if (record[key] !== undefined && record[key] !== "") fields[key] = record[key];
  }
  return fields;
}

/** The trace as a strip with this line's moment marked. */
function TraceStrip({ record }: { record: LogRecord }): JSX.Element | null {
  const { data } = useJSON<TraceSkeleton>(`traces/${record.trace_id}`);
  const mark = useMemo(() => (data ? (millisecondsOf(record.time) - millisecondsOf(data.start)) * 1e6 : null), [data, record.time]);
  if (!data || data.spans.id.length === 0) return null;
  return (
    <section>
      <h3>Trace · {data.total_spans} spans</h3>
      <button type="button" className="strip" aria-label="Open the trace" title="Open the trace  T" onClick={() => navigate({ page: "traces", id: data.trace_id, extra: { span: record.span_id ?? null } })}>
        <Minimap trace={data} height={44} zoom={null} mark={mark} spanID={record.span_id} />
      </button>
    </section>
  );
}

function LinesAround({ context, onShow }: { context: LogContext; onShow: (record: LogRecord) => void }): JSX.Element {
  const lines = [...context.before, context.record, ...context.after].sort((a, b) => (a.time.length - b.time.length) || (a.time < b.time ? -1 : 1));
  return (
    <ol className="lines-around">
      {lines.map((line) => (
        <li key={line.id}>
          <button type="button" className={line.id === context.record.id ? "current" : ""} aria-current={line.id === context.record.id || undefined} onClick={() => onShow(line)}>
            <span className="note">{clockTime(millisecondsOf(line.time))}</span>
            <span className={`severity-word ${severityOf(line.severity)?.name ?? "unset"}`}>{severityOf(line.severity)?.shape ?? "·"}<span className="off-screen">{severityOf(line.severity)?.word}</span></span>
            <span className="cut">{valueText(line.body)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
