import type { TimeWindow } from "../../core/router";
import type { ChartExemplar } from "../../viz/TimeChart";
import { seriesNames } from "./seriesNames";

/** Exemplars of one series as Prometheus' API writes them. */
export interface PromExemplars {
  seriesLabels: Record<string, string>;
  exemplars: { labels: Record<string, string>; value: string; timestamp: number }[];
}

/** Places along the time axis that show an exemplar each: hundreds on one spot cannot be told apart. */
const exemplarPlaces = 100;

/** Whether a query's values measure what its exemplars measure, so that both have one axis. */
export function measuresExemplars(query: string): boolean {
  return /\bhistogram_(quantile|avg)\s*\(/.test(query) || /_sum\b[^]*\/[^]*_count\b/.test(query);
}

/** At most one exemplar a place in time, the highest, in the order of time. */
export function spreadExemplars(exemplars: readonly ChartExemplar[], window: TimeWindow): ChartExemplar[] {
  const highest = new Map<number, ChartExemplar>();
  for (const exemplar of exemplars) {
    const place = Math.floor(((exemplar.time - window.from) / (window.to - window.from)) * exemplarPlaces);
    if (exemplar.value > (highest.get(place)?.value ?? -Infinity)) highest.set(place, exemplar);
  }
  return [...highest.values()].sort((a, b) => a.time - b.time);
}

/** The exemplars of an answer that lead to a trace. */
export function exemplarsOf(found: readonly PromExemplars[], query: string): ChartExemplar[] {
  const onAxis = !measuresExemplars(query);
  const names = seriesNames(found.map(({ seriesLabels }) => shortLabels(seriesLabels)));
  return found.flatMap(({ exemplars }, index) => exemplars.flatMap(({ labels, value, timestamp }) => {
    const traceID = labels.trace_id ?? labels.traceID ?? labels.traceId;
    return traceID ? [{ time: timestamp * 1000, value: Number(value), traceID, spanID: labels.span_id, label: names[index], onAxis }] : [];
  }));
}

/** The labels that tell a person whose exemplar it is: the service says what `job` and `instance` repeat. */
function shortLabels(labels: Record<string, string>): Record<string, string> {
  const repeated = new Set(["__name__", "le", ...(labels.service_name ? ["job", "instance", "service_instance_id", "service_version"] : [])]);
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !repeated.has(name)));
}
