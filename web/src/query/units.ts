import { percentage, valueFormatter } from "../core/format";

/** What the values of a query measure; undefined when its text does not say. */
export type Unit = "number" | "s" | "ms" | "bytes" | "share" | "per second" | "bytes per second";

/** Units that a chart can be read in. */
export const units: readonly Unit[] = ["number", "s", "ms", "bytes", "share", "per second", "bytes per second"];

const names = /[A-Za-z_:][\w:]*/g;

/** The unit that a PromQL query's metrics and functions tell by their names: those that do not say for sure give none. */
export function guessedUnit(query: string): Unit | undefined {
  const text = query.replace(/#.*$/gm, "").replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, "").replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, "").replace(/\{[^}]*\}/g, "");
  const words = text.match(names) ?? [];
  const has = (word: RegExp): boolean => words.some((one) => word.test(one));
  if (has(/^(count|count_values|count_over_time|absent|absent_over_time|group|changes|resets|time|timestamp|vector|scalar|stdvar|histogram_fraction|deriv|bool)$/)) return undefined;
  const isRate = has(/^(rate|irate)$/);
  const metrics = words.filter((word) => /_(seconds|milliseconds|bytes|total|count|bucket|sum)$/.test(word) && !/_over_time$/.test(word) && word !== "histogram_count" && word !== "histogram_sum");
  const every = (ending: RegExp): boolean => metrics.length > 0 && metrics.every((metric) => ending.test(metric));
  const isMean = /\//.test(text) && metrics.length === 2 && metrics[0].endsWith("_sum") && metrics[1].endsWith("_count") && metrics[0].slice(0, -4) === metrics[1].slice(0, -6);
  const isMeasured = isMean || has(/^(histogram_quantile|histogram_avg)$/);
  const base = (ending: string): boolean => every(new RegExp(`_${ending}(_bucket|_sum|_count)?$`));
  if (isMeasured) return base("seconds") ? "s" : base("milliseconds") ? "ms" : base("bytes") ? "bytes" : undefined;
  // What is divided or multiplied is something else than its parts.
  if (/[*/%^]/.test(text)) return undefined;
  if (isRate) return every(/_bytes(_total|_sum)?$/) ? "bytes per second" : every(/(_count|_bucket|(?<!_seconds)_total)$/) || has(/^histogram_count$/) ? "per second" : undefined;
  if (every(/_seconds$/)) return "s";
  if (every(/_milliseconds$/)) return "ms";
  // A name that ends in "ratio" tells the unit 1 of OpenTelemetry, which a number of things has, too.
  return every(/_bytes(_total)?$/) ? "bytes" : undefined;
}

/** Writes values in a unit. */
export function unitFormatter(unit: Unit | undefined): (value: number) => string {
  switch (unit) {
    case "s": return valueFormatter("s", false);
    case "ms": return valueFormatter("ms", false);
    case "bytes": return valueFormatter("By", false);
    case "share": return (value) => (value < 0 ? `-${percentage(-value)}` : percentage(value));
    case "per second": return valueFormatter(undefined, true);
    case "bytes per second": return valueFormatter("By", true);
    default: return valueFormatter(undefined, false);
  }
}
