import { memo, useMemo } from "react";
import { navigate, useView, useWindow } from "../../core/router";
import { formatSelection, parseSelection } from "../../core/url";
import { valuesAt } from "../../query/SeriesResult";
import { compatiblePath } from "../../query/sources";
import { stepsOf, timesOf } from "../../query/steps";
import { useQuery } from "../../query/useQuery";
import { Histogram, HistogramLayer } from "../../viz/Histogram";
import { severityOfLevel } from "./lokiLines";

interface Matrix {
  data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
}

const read = (body: unknown): { rows: Matrix["data"]["result"] } => ({ rows: (body as Matrix).data.result });

/** The lines that a LogQL query finds over time, by level. */
export const LogVolume = memo(function LogVolume({ query }: { query: string }): JSX.Element | null {
  const current = useView();
  const window = useWindow();
  const steps = stepsOf({ ...current, extra: {} }, window);
  const counted = `sum by (detected_level) (count_over_time(${query}\n[${steps.step}s]))`;
  // A range counts what came before its time, so that the first step's lines are counted at the second.
  const answer = useQuery(compatiblePath("loki/api/v1/query_range", [
    ["query", counted], ["start", `${steps.start + steps.step}000000000`], ["end", `${steps.end + steps.step}000000000`], ["step", `${steps.step}s`],
  ]), counted, read);
  const selection = useMemo(() => parseSelection(current.extra.sel), [current.extra.sel]);
  const times = useMemo(() => timesOf(steps), [steps.start, steps.end, steps.step]);
  const layers = useMemo(() => {
    const empty = (name: string, colour: string): HistogramLayer => ({ name, colour, values: new Array<number>(times.length).fill(0) });
    const [other, warn, error] = [empty("other", "control"), empty("warn", "warning"), empty("error", "error")];
    for (const { metric, values } of answer.rows) {
      const severity = severityOfLevel(metric.detected_level) ?? 0;
      const layer = severity >= 17 ? error : severity >= 13 ? warn : other;
      valuesAt({ ...steps, start: steps.start + steps.step, end: steps.end + steps.step }, values).forEach((value, index) => {
        layer.values[index] += value ?? 0;
      });
    }
    return [other, warn, error];
  }, [answer.rows, times]);
  return (
    <div className="histogram">
      <Histogram title="Lines by level" window={window} times={times} step={steps.step * 1000} layers={layers} selection={selection} stale={answer.stale} partial={answer.loading}
        onBrush={(range) => navigate({ extra: { sel: formatSelection({ ...range, low: null, high: null }) } })} />
      <div className="legend" aria-hidden="true">
        {layers.slice().reverse().map((layer) => <span key={layer.name}><i className={`swatch ${layer.name}`} />{layer.name}</span>)}
      </div>
    </div>
  );
});
