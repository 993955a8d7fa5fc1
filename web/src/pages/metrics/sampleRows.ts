import type { PromSeries } from "./promAnswers";

/** One row of the table: labels, and the sample of each query that has one with them. */
export interface SampleRow {
  labels: Record<string, string>;
  samples: (PromSeries | undefined)[];
}

/**
 * Samples of several queries side by side, by their labels.
 *
 * The name of the metric is no part of what is compared, unless a query has two samples that only their names tell apart.
 */
export function joinedSamples(queries: readonly (readonly PromSeries[])[]): SampleRow[] {
  const withNames = queries.length === 1 || queries.some((rows) => new Set(rows.map((row) => keyOf(row, false))).size < rows.length);
  const joined = new Map<string, SampleRow>();
  queries.forEach((rows, index) => {
    for (const row of rows) {
      const key = keyOf(row, withNames);
      const { __name__, ...labels } = row.metric ?? {};
      const entry = joined.get(key) ?? { labels: withNames && __name__ !== undefined ? { __name__, ...labels } : labels, samples: queries.map(() => undefined) };
      entry.samples[index] = row;
      joined.set(key, entry);
    }
  });
  return [...joined.values()];
}

function keyOf({ metric }: PromSeries, withName: boolean): string {
  return JSON.stringify(Object.entries(metric ?? {}).filter(([name]) => withName || name !== "__name__").sort(([a], [b]) => (a < b ? -1 : 1)));
}
