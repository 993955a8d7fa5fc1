import { memo, useMemo } from "react";
import { pathOf, question } from "../../context/question";
import { useStream } from "../../core/streams";
import { AggregateGroup } from "../../core/model";
import { navigate, TimeWindow, useView, useWindow } from "../../core/router";
import { millisecondsOf } from "../../core/time";
import { formatSelection, parseSelection } from "../../core/url";
import { ErrorPanel, isOfPanel } from "../../ui/states";
import { Histogram, HistogramLayer } from "../../viz/Histogram";

/** Counts of log records over time, stacked by severity. */
export const SeverityHistogram = memo(function SeverityHistogram({ unreadFrom, unreadTo }: {
  /** The part that the list's query has not read yet, in decimal nanoseconds. */
  unreadFrom?: string;
  unreadTo?: string;
}): JSX.Element {
  const current = useView();
  const window = useWindow();
  const selection = useMemo(() => parseSelection(current.extra.sel), [current.extra.sel]);
  const unread = useMemo(() => (unreadFrom && unreadTo ? [{ from: millisecondsOf(unreadFrom), to: millisecondsOf(unreadTo) }] : []), [unreadFrom, unreadTo]);
  const answer = useStream<never>(pathOf("logs/aggregate", question(current, window, "logs", [["by", "severity_range"], ["agg", "count"], ["step", "auto"], ["buckets", "120"]])));
  const times = useMemo(() => ((answer.meta?.times as string[] | undefined) ?? []).map(millisecondsOf), [answer.meta]);
  const step = Number(answer.meta?.step ?? 6e10) / 1e6;
  const layers = useMemo(() => layersOf((answer.result?.groups as AggregateGroup[] | undefined) ?? [], times.length), [answer.result, times.length]);
  if (isOfPanel(answer.error)) return <ErrorPanel error={answer.error} what="The histogram could not be computed" />;
  return (
    <div className="histogram">
      <Histogram title="Log records by severity" window={window} times={times} step={step} layers={layers} selection={selection} onBrush={brush} stale={answer.stale} hatched={unread} partial={answer.loading || answer.end?.status === "partial"} />
      <div className="legend" aria-hidden="true">
        {layers.slice().reverse().map((layer) => <span key={layer.name}><i className={`swatch ${layer.name}`} />{layer.name}</span>)}
      </div>
    </div>
  );
});

function brush(range: TimeWindow): void {
  navigate({ extra: { sel: formatSelection({ ...range, low: null, high: null }) } });
}

function layersOf(groups: AggregateGroup[], length: number): HistogramLayer[] {
  const layers: HistogramLayer[] = [
    { name: "other", colour: "control", values: new Array<number>(length).fill(0) },
    { name: "warn", colour: "warning", values: new Array<number>(length).fill(0) },
    { name: "error", colour: "error", values: new Array<number>(length).fill(0) },
  ];
  for (const group of groups) {
    const range = String(group.key[0]);
    const layer = range === "error" || range === "fatal" ? layers[2] : range === "warn" ? layers[1] : layers[0];
    group.values[0]?.forEach((value, index) => {
      layer.values[index] += value ?? 0;
    });
  }
  return layers;
}
