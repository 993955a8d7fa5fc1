import { useEffect, useRef } from "react";
import { TimeWindow } from "../../core/router";
import { dayAndTime } from "../../core/time";
import { Button, Link } from "../../ui/controls";
import { ChartExemplar } from "../../viz/TimeChart";

/** One exemplar with the way to its trace, on the side of the chart where it does not lie. */
export function ExemplarBox({ exemplar, window, format, onClose }: { exemplar: ChartExemplar; window: TimeWindow; format: (value: number) => string; onClose: () => void }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector("a")?.focus();
  }, [exemplar]);
  return (
    <div ref={box} className={`exemplar-box ${exemplar.time > (window.from + window.to) / 2 ? "left" : ""}`} role="dialog" aria-label="Exemplar" onKeyDown={(event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      onClose();
    }}>
      <p><span aria-hidden="true">◇ </span><b>{format(exemplar.value)}</b> <span className="note">{dayAndTime(exemplar.time, "millisecond")}</span></p>
      <p className="note cut">{exemplar.label}</p>
      <p><code>{exemplar.traceID}</code></p>
      <div className="row">
        <Link className="button primary" to={{ page: "traces", id: exemplar.traceID, extra: { span: exemplar.spanID ?? null } }}>Open the trace <kbd>Enter</kbd></Link>
        <Button kind="quiet" keys="Escape" onClick={onClose}>Close</Button>
      </div>
    </div>
  );
}
