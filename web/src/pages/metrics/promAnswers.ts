import { useMemo } from "react";
import { Letter, letters, MetricQuery } from "../../context/metricQueries";
import { StreamAnswer } from "../../core/streams";
import { Steps } from "../../query/steps";
import { compatiblePath } from "../../query/sources";
import { QueryAnswer, QueryRows, useQuery } from "../../query/useQuery";

/** One series or sample as Prometheus' API writes it. */
export interface PromSeries {
  metric?: Record<string, string>;
  value?: [number, string];
  values?: [number, string][];
  histogram?: [number, { count: string; sum: string }];
  histograms?: [number, { count: string; sum: string }][];
}

/** An answer as Prometheus' API writes it. */
export interface PromBody {
  data: { resultType: "matrix" | "vector" | "scalar" | "string"; result: PromSeries[] | [number, string] };
}

/** One query of the chart with its answer; a hidden one is not asked. */
export interface AnsweredQuery extends MetricQuery {
  answer: QueryAnswer<PromSeries>;
}

/** What all queries are asked with. */
export interface Asking {
  kind: "range" | "instant";
  steps: Steps;
  /** Seconds since 1970 of an instant query. */
  time: number;
  explains: boolean;
}

/** Vectors and matrices as a list of series; a scalar is one without labels. */
function read(body: unknown): QueryRows<PromSeries> {
  const { result } = (body as PromBody).data;
  return { rows: isSample(result) ? [{ metric: {}, value: result }] : result };
}

function isSample(result: PromSeries[] | [number, string]): result is [number, string] {
  return result.length === 2 && typeof result[0] === "number";
}

/** The path of one query. */
export function pathOfQuery(text: string, { kind, steps, time, explains }: Asking): string {
  const explain: [string, string][] = explains ? [["explain", "1"]] : [];
  return kind === "range"
    ? compatiblePath("prometheus/api/v1/query_range", [["query", text], ["start", String(steps.start)], ["end", String(steps.end)], ["step", String(steps.step)], ...explain])
    : compatiblePath("prometheus/api/v1/query", [["query", text], ["time", String(time)], ...explain]);
}

/** Asks every query that is not hidden, each by itself: a mistake in one leaves the others their lines. */
export function useAnswers(queries: readonly MetricQuery[], asking: Asking): AnsweredQuery[] {
  const find = (letter: Letter): MetricQuery | undefined => queries.find((query) => query.letter === letter);
  const useOne = (letter: Letter): QueryAnswer<PromSeries> => {
    const query = find(letter);
    return useQuery<PromSeries>(query && !query.hidden ? pathOfQuery(query.text, asking) : null, query?.text ?? "", read);
  };
  // As many questions as there are letters, so that the hooks are the same in every pass.
  const [a, b, c, d, e] = letters.map(useOne);
  return useMemo(() => queries.map((query) => ({ ...query, answer: { A: a, B: b, C: c, D: d, E: e }[query.letter] })), [queries, a, b, c, d, e]);
}

/** How the questions of the chart do together. */
export function together(answers: readonly QueryAnswer<PromSeries>[]): StreamAnswer<PromSeries> {
  const under = answers.find((answer) => answer.loading);
  const first = under ?? answers.find((answer) => answer.end?.status === "stopped") ?? answers[0];
  const elapsed = Math.max(...answers.map((answer) => answer.end?.statistics.elapsed_ms ?? 0));
  return {
    ...first,
    rows: answers.flatMap((answer) => answer.rows),
    stale: answers.some((answer) => answer.stale),
    end: first.end && !under ? { ...first.end, statistics: { ...first.end.statistics, elapsed_ms: elapsed } } : null,
    stop: () => answers.forEach((answer) => answer.stop()),
  };
}
