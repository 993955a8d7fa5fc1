import { useMemo, useState } from "react";
import { duration } from "../../core/format";
import { clockTime, millisecondsOf } from "../../core/time";
import { ServiceName } from "../../ui/controls";
import { GridCell, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";
import { attributesText, MatchedSpan, MatchedTrace, spansOf } from "./matchedTraces";

/** The spans that a query found, each by itself, with what the query names of it. */
export function MatchedSpanList({ traces, stale, onOpen }: { traces: MatchedTrace[]; stale: boolean; onOpen: (trace: MatchedTrace, spanID: string) => void }): JSX.Element {
  const [active, setActive] = useState(-1);
  const rows = useMemo<{ trace: MatchedTrace; span: MatchedSpan }[]>(() => traces.flatMap((trace) => spansOf(trace).map((span) => ({ trace, span }))), [traces]);
  return (
    <div className={`grid-place ${stale ? "stale" : ""}`}>
      <VirtualGrid className="trace-grid" label="Matched spans" rowCount={rows.length} rowHeight={28} rowKey={(row) => rows[row].trace.trace_id + rows[row].span.span_id} active={active} onActive={setActive}
        onOpen={(row) => onOpen(rows[row].trace, rows[row].span.span_id)}
        header={<><HeaderCell className="time">Start</HeaderCell><HeaderCell className="name">Span</HeaderCell><HeaderCell className="number">Duration</HeaderCell><HeaderCell className="name">Attributes of the query</HeaderCell><HeaderCell className="service">Root</HeaderCell></>}
        renderRow={(row) => {
          const { trace, span } = rows[row];
          const text = attributesText(span.attributes);
          return (
            <>
              <GridCell className="time">{clockTime(millisecondsOf(span.start))}</GridCell>
              <GridCell className="name"><span className="cut">{span.name}</span></GridCell>
              <GridCell className="number">{duration(span.duration)}</GridCell>
              <GridCell className="name" title={text}><span className="cut">{text || "–"}</span></GridCell>
              <GridCell className="service"><ServiceName name={trace.root_service} /></GridCell>
            </>
          );
        }} />
    </div>
  );
}
