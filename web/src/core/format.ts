/** `12,345`. */
export function groupedCount(value: number): string {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Three significant digits without an exponent and without trailing zeros. */
export function significant(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1000) return groupedCount(value);
  if (size < 0.001) return value.toPrecision(2);
  return String(Number(value.toPrecision(3)));
}

/** `12.3k`, `4.1M`: for axes and table cells. */
export function compactCount(value: number): string {
  const size = Math.abs(value);
  for (const [suffix, unit] of [["G", 1e9], ["M", 1e6], ["k", 1e3]] as const) {
    if (size >= unit * 0.9995 && size >= 1000) return `${Number((value / unit).toPrecision(3))}${suffix}`;
  }
  return significant(value);
}

/** Nanoseconds in the unit that reads best: `180 ms`, `2.1 s`, `3 min 20 s`. */
export function duration(nanoseconds: number): string {
  const size = Math.abs(nanoseconds);
  if (size === 0) return "0";
  if (size < 1e3) return `${Math.round(nanoseconds)} ns`;
  if (size < 999.5e3) return `${significant(nanoseconds / 1e3)} µs`;
  if (size < 999.5e6) return `${significant(nanoseconds / 1e6)} ms`;
  if (size < 60e9) return `${significant(nanoseconds / 1e9)} s`;
  const seconds = Math.round(nanoseconds / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** `3.1 GB`. */
export function byteCount(bytes: number): string {
  for (const [suffix, unit] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]] as const) {
    if (bytes >= unit) return `${significant(bytes / unit)} ${suffix}`;
  }
  return `${Math.round(bytes)} B`;
}

/** A share between 0 and 1 as per cent. */
export function percentage(share: number): string {
  if (share === 0) return "0 %";
  const value = share * 100;
  return value < 0.01 ? "<0.01 %" : `${Number(value.toPrecision(value < 10 ? 2 : 3))} %`;
}

/** A rate per second. */
export function ratePerSecond(value: number): string {
  return `${compactCount(value)}/s`;
}

/** Writes values of a metric in its unit (UCUM, as OpenTelemetry gives it). */
export function valueFormatter(unit: string | undefined, perSecond: boolean): (value: number) => string {
  const suffix = perSecond ? "/s" : "";
  switch (unit) {
    case "s": return (value) => (perSecond ? `${compactCount(value)} s/s` : duration(value * 1e9));
    case "ms": return (value) => (perSecond ? `${compactCount(value)} ms/s` : duration(value * 1e6));
    case "us": return (value) => (perSecond ? `${compactCount(value)} µs/s` : duration(value * 1e3));
    case "ns": return (value) => (perSecond ? `${compactCount(value)} ns/s` : duration(value));
    case "By": return (value) => `${byteCount(value)}${suffix}`;
    case "%": return (value) => `${significant(value)} %`;
    case undefined: case "": case "1": return (value) => `${compactCount(value)}${suffix}`;
    default: return (value) => `${compactCount(value)}${suffix}`;
  }
}

/** The unit as a person reads it: `{request}` → `request`. */
export function unitName(unit: string | undefined): string {
  if (unit === undefined || unit === "1") return "";
  return unit === "By" ? "bytes" : unit.replace(/[{}]/g, "");
}

/** An attribute's value as text, in the API's typed form. */
export function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  if (typeof value === "object" && !Array.isArray(value)) {
    const typed = value as Record<string, unknown>;
    if (typeof typed.$int === "string") return typed.$int;
    if (typeof typed.$double === "string") return typed.$double;
    if (typeof typed.$bytes === "string") return `bytes ${typed.$bytes}`;
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
