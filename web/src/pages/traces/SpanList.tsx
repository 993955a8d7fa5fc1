import { useState } from "react";
import { pathOf } from "../../context/question";
import { Parameters } from "../../core/api";
import { useStream } from "../../core/streams";
import { duration } from "../../core/format";
import { isErrorStatus, SpanDetail, spanKind } from "../../core/model";
import { navigate } from "../../core/router";
import { clockTime, millisecondsOf } from "../../core/time";
import { ServiceName } from "../../ui/controls";
import { EmptyPanel, ErrorPanel, isOfPanel } from "../../ui/states";
import { GridCell, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";

/** The spans that match, each by itself, newest first. */
export function SpanList({ parameters }: { parameters: Parameters }): JSX.Element {
  const answer = useStream<SpanDetail>(pathOf("spans", [...parameters, ["limit", "200"]]), (span) => span.trace_id + span.span_id);
  const [active, setActive] = useState(-1);
  const rows = answer.rows;
  if (isOfPanel(answer.error)) return <ErrorPanel error={answer.error} what="The spans could not be read" />;
  if (rows.length === 0 && !answer.loading) return <EmptyPanel signal="traces" />;
  const open = (row: number): void => navigate({ page: "traces", id: rows[row].trace_id, extra: { span: rows[row].span_id } });
  return (
    <div className={`grid-place ${answer.stale ? "stale" : ""}`}>
      <VirtualGrid
        className="trace-grid" label="Spans" rowCount={rows.length} rowHeight={28} rowKey={(row) => `${rows[row].trace_id}${rows[row].span_id}`} active={active} onActive={setActive} onOpen={open}
        header={<><HeaderCell className="time">Start</HeaderCell><HeaderCell className="service">Service</HeaderCell><HeaderCell className="name">Span</HeaderCell><HeaderCell className="kind">Kind</HeaderCell><HeaderCell className="number">Duration</HeaderCell><HeaderCell className="kind">Status</HeaderCell></>}
        renderRow={(row) => {
          const span = rows[row];
          return (
            <>
              <GridCell className="time">{clockTime(millisecondsOf(span.start))}</GridCell>
              <GridCell className="service"><ServiceName name={span.service} /></GridCell>
              <GridCell className="name"><span className="cut">{span.name}</span></GridCell>
              <GridCell className="kind">{spanKind(span.kind)}</GridCell>
              <GridCell className="number">{duration(span.duration)}</GridCell>
              <GridCell className={`kind ${isErrorStatus(span.status) ? "error" : ""}`}>{isErrorStatus(span.status) ? "✕ error" : span.status === 1 || span.status === "ok" ? "● ok" : "unset"}</GridCell>
            </>
          );
        }}
        footer={answer.end?.status === "limited" ? <div className="grid-footer note">newest 200 spans shown</div> : null}
      />
    </div>
  );
}
