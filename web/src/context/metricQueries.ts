import { View, ViewPatch } from "../core/url";

/** Letters of the PromQL queries that one chart holds. The link carries A as `q`, the others as `qb` … `qe`, those that are hidden as `hide=BD`. */
export const letters = ["A", "B", "C", "D", "E"] as const;
export type Letter = (typeof letters)[number];

/** One query of a chart. */
export interface MetricQuery {
  letter: Letter;
  text: string;
  hidden: boolean;
}

/** How the lines of each query are dashed, when a chart has several: the colour then says the series, the dash the query. */
export const queryDashes: Record<Letter, number[]> = { A: [], B: [7, 4], C: [2, 3], D: [10, 3, 2, 3], E: [12, 3, 2, 3, 2, 3] };

function parameterOf(letter: Letter): string {
  return `q${letter.toLowerCase()}`;
}

/** The text of one query; empty when there is none. */
export function queryText(view: View, letter: Letter): string {
  return (letter === "A" ? view.query : view.extra[parameterOf(letter)] ?? "").trim();
}

/** All queries of the link. */
export function queriesOf(view: View): MetricQuery[] {
  const hidden = view.extra.hide ?? "";
  return letters.map((letter) => ({ letter, text: queryText(view, letter), hidden: hidden.includes(letter) })).filter((query) => query.text !== "");
}

/** Sets or, with an empty text, removes a query; what is run is shown. */
export function withQuery(view: View, letter: Letter, text: string): ViewPatch {
  const hide = (view.extra.hide ?? "").replace(letter, "");
  return letter === "A" ? { query: text, extra: { hide } } : { extra: { [parameterOf(letter)]: text, hide } };
}

/** Hides or shows a query. */
export function withVisibility(view: View, letter: Letter): ViewPatch {
  const hidden = new Set(view.extra.hide ?? "");
  if (!hidden.delete(letter)) hidden.add(letter);
  return { extra: { hide: [...hidden].sort().join("") } };
}

/** Leaves all queries. */
export const withoutQueries: ViewPatch = { query: "", extra: { qb: null, qc: null, qd: null, qe: null, hide: null, unit: null, tab: null, step: null, plan: null, sel: null } };
