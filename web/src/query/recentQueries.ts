import { readPreference, writePreference } from "../core/preferences";

/** Queries remembered for each signal. */
const limit = 20;

/** The queries that this browser ran, newest first. */
export function recentQueries(signal: string): string[] {
  try {
    const stored: unknown = JSON.parse(readPreference(`queries.${signal}`) ?? "[]");
    return Array.isArray(stored) ? stored.filter((item): item is string => typeof item === "string") : [];
  } catch {
    return [];
  }
}

/** Remembers a query that was run. */
export function rememberQuery(signal: string, query: string): void {
  if (query === "") return;
  writePreference(`queries.${signal}`, JSON.stringify([query, ...recentQueries(signal).filter((other) => other !== query)].slice(0, limit)));
}
