import { useEffect, useRef } from "react";
import { PivotRow, Subject } from "../../context/pivots";
import { withFilter, withoutService } from "../../context/filters";
import { useJSON } from "../../core/answers";
import { duration, percentage } from "../../core/format";
import { isErrorStatus, SpanDetail, spanKind, TraceSkeleton } from "../../core/model";
import { linkTo, view } from "../../core/router";
import { dayAndTime, millisecondsOf } from "../../core/time";
import { AttributeTree } from "../../ui/AttributeTree";
import { ClockSkew, skewText } from "./clockSkew";
import { Button, Link, ServiceName } from "../../ui/controls";
import { copyText } from "../../ui/toast";

/** One span with everything it carries; the skeleton fills it until the whole span is there. */
export function SpanPanel({ trace, index, selfTime, skew, corrected, onClose }: { trace: TraceSkeleton; index: number; selfTime: number; skew: ClockSkew; corrected: boolean; onClose: () => void }): JSX.Element {
  const id = trace.spans.id[index];
  const { data, error } = useJSON<SpanDetail>(`traces/${trace.trace_id}/spans/${id}`);
  const panel = useRef<HTMLElement>(null);
  const span = data?.span_id === id ? data : null;
  const service = trace.services[trace.spans.service[index]];
  const name = trace.names[trace.spans.name[index]];
  const failed = trace.spans.status[index] === 2;
  const length = trace.spans.duration[index];
  const finding = skew.spans.get(index);
  const shift = skew.shifts.get(index);
  const critical = (trace.spans.critical[index] ?? []).reduce((sum, [from, to]) => sum + (to - from), 0);
  const subject: Subject = { traceID: trace.trace_id, spanID: id, service, time: millisecondsOf(trace.start) + trace.spans.start[index] / 1e6, milliseconds: length / 1e6 };
  useEffect(() => {
    if (panel.current) panel.current.scrollTop = 0;
  }, [id]);
  return (
    <aside ref={panel} className="detail" aria-label="Span" tabIndex={-1} onKeyDown={(event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      onClose();
    }}>
      <div className="detail-head">
        <h2 className="cut" title={name}>{failed ? <span className="severity-word error">✕ </span> : null}{name}</h2>
        <span className="push" />
        {span ? <Button kind="icon" icon="copy" label="Copy this span as JSON" onClick={() => void copyText(JSON.stringify(span, null, 2), "JSON")} /> : null}
        <Button kind="icon" icon="link" label="Copy the link of this span" onClick={() => void copyText(linkTo({ extra: { span: id } }), "Link of this span")} />
        <Button kind="icon" icon="close" label="Close" keys="Escape" onClick={onClose} />
      </div>
      <p><ServiceName name={service} /></p>
      <dl className="facts">
        <div><dt>Duration</dt><dd>{duration(length)}</dd></div>
        <div><dt>Self time</dt><dd>{duration(selfTime)} <span className="note">{percentage(length > 0 ? selfTime / length : 0)}</span></dd></div>
        <div><dt>Starts at</dt><dd>{duration(trace.spans.start[index])}</dd></div>
        <div><dt>Critical path</dt><dd>{critical > 0 ? duration(critical) : "not on it"}</dd></div>
        <div><dt>Kind</dt><dd>{spanKind(trace.spans.kind[index])}</dd></div>
        <div><dt>Status</dt><dd className={failed ? "error" : ""}>{failed ? "✕ error" : trace.spans.status[index] === 1 ? "● ok" : "unset"}</dd></div>
      </dl>
      {finding ? <p className="warning"><span aria-hidden="true">{finding.before > 0 ? "⇤" : "⇥"} </span>{skewText(finding, duration)}{shift === undefined ? "" : corrected ? ` It is shown moved by ${duration(shift)}.` : ` “Correct clocks” would move it by ${duration(shift)}.`}</p> : null}
      {span && isErrorStatus(span.status) && span.status_message ? <p className="status-message">{span.status_message}</p> : null}
      <PivotRow subject={subject} leaveOut={["T"]} />
      <p><Link className="button plain" to={{ page: "traces", id: "", filters: withFilter(withFilter(withoutService(view.get().filters), { key: "service.name", op: "eq", value: service }), { key: "name", op: "eq", value: name }) }}>Traces with this operation</Link></p>
      {error ? <p className="wrong">{error.message}</p> : null}
      {span ? <SpanParts span={span} trace={trace} /> : null}
    </aside>
  );
}

function SpanParts({ span, trace }: { span: SpanDetail; trace: TraceSkeleton }): JSX.Element {
  const begins = millisecondsOf(span.start);
  return (
    <>
      <section><h3>Attributes</h3><AttributeTree attributes={span.attributes} page="traces" /></section>
      {span.events && span.events.length > 0 ? (
        <section>
          <h3>Events <span className="note">{span.events.length}</span></h3>
          <ol className="events">
            {span.events.map((event, index) => (
              <li key={index}>
                <p><span aria-hidden="true">◆</span> <b>{event.name}</b> <span className="note">+{duration((millisecondsOf(event.time) - begins) * 1e6)}</span></p>
                {event.attributes && Object.keys(event.attributes).length > 0 ? <AttributeTree attributes={event.attributes} prefix="event." page="traces" /> : null}
              </li>
            ))}
          </ol>
        </section>
      ) : null}
      {span.links && span.links.length > 0 ? (
        <section>
          <h3>Links <span className="note">{span.links.length}</span></h3>
          <ul className="events">
            {span.links.map((link) => (
              <li key={`${link.trace_id}${link.span_id}`}>
                <Link to={{ page: "traces", id: link.trace_id, extra: { span: link.span_id } }}>{link.trace_id === trace.trace_id ? "this trace" : `trace ${link.trace_id.slice(0, 8)}…`}, span {link.span_id.slice(0, 8)}…</Link>
                {link.attributes && Object.keys(link.attributes).length > 0 ? <AttributeTree attributes={link.attributes} prefix="link." page="traces" /> : null}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <section><h3>Resource</h3><AttributeTree attributes={span.resource} page="traces" /></section>
      <section>
        <h3>Span</h3>
        <AttributeTree page="traces" attributes={{
          span_id: span.span_id,
          ...(span.parent_span_id ? { parent_span_id: span.parent_span_id } : {}),
          ...(span.trace_state ? { trace_state: span.trace_state } : {}),
          ...(span.flags !== undefined ? { flags: span.flags } : {}),
        }} />
        {span.scope?.name ? <p className="note">scope {span.scope.name} {span.scope.version ?? ""}</p> : null}
        <p className="note">{dayAndTime(begins, "millisecond")}</p>
        {span.dropped_attributes_count ? <p className="note">{span.dropped_attributes_count} attributes were dropped</p> : null}
      </section>
    </>
  );
}
