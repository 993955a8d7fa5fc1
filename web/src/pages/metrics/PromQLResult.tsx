import { useMemo } from "react";
import { useShare } from "../../context/share";
import { SelectionBar } from "../../context/SelectionBar";
import { groupedCount } from "../../core/format";
import { useKeys } from "../../core/keys";
import { navigate, useView, useWindow } from "../../core/router";
import { PlanButton, PlanPanel, Remarks, usePlan } from "../../query/PlanPanel";
import { promqlLanguage } from "../../query/promqlLanguage";
import { QueryBar } from "../../query/QueryBar";
import { QuerySeries, SeriesResult, valuesAt } from "../../query/SeriesResult";
import { compatiblePath } from "../../query/sources";
import { StepChoice } from "../../query/StepChoice";
import { stepsOf } from "../../query/steps";
import { QueryRows, useQuery } from "../../query/useQuery";
import { Link, Tabs } from "../../ui/controls";
import { EmptyPanel, ErrorPanel, ProgressRow } from "../../ui/states";
import { SampleTable } from "./SampleTable";

/** One series or sample as Prometheus' API writes it. */
export interface PromSeries {
  metric?: Record<string, string>;
  value?: [number, string];
  values?: [number, string][];
  histogram?: [number, { count: string; sum: string }];
  histograms?: [number, { count: string; sum: string }][];
}

interface PromAnswer {
  data: { resultType: "matrix" | "vector" | "scalar" | "string"; result: PromSeries[] | [number, string] };
}

/** Vectors and matrices as a list of series; a scalar is one without labels. */
function read(body: unknown): QueryRows<PromSeries> {
  const { result } = (body as PromAnswer).data;
  return { rows: isSample(result) ? [{ metric: {}, value: result }] : result };
}

function isSample(result: PromSeries[] | [number, string]): result is [number, string] {
  return result.length === 2 && typeof result[0] === "number";
}

const languages = [promqlLanguage];

/** A PromQL query: over time as a chart, at the window's end as a table. */
export function PromQLResult(): JSX.Element {
  const current = useView();
  const window = useWindow();
  const explain: [string, string][] = usePlan() ? [["explain", "1"]] : [];
  const steps = stepsOf(current, window);
  const tab = current.extra.tab === "table" ? "table" : "chart";
  const path = tab === "chart"
    ? compatiblePath("prometheus/api/v1/query_range", [["query", current.query], ["start", String(steps.start)], ["end", String(steps.end)], ["step", String(steps.step)], ...explain])
    : compatiblePath("prometheus/api/v1/query", [["query", current.query], ["time", String(window.to / 1000)], ...explain]);
  const answer = useQuery<PromSeries>(path, current.query, read);
  const series = useMemo<QuerySeries[]>(() => answer.rows.map((one) => ({
    labels: one.metric ?? {},
    values: valuesAt(steps, one.values ?? (one.histograms ?? []).map(([time, histogram]): [number, string] => [time, histogram.count])),
  })), [answer.rows]);
  const hasHistograms = answer.rows.some((one) => one.histograms);
  const showTab = (id: string): void => navigate({ extra: { tab: id === "chart" ? null : id } });
  useKeys([
    { keys: "1", label: "Chart", group: "This page", run: () => showTab("chart") },
    { keys: "2", label: "Table", group: "This page", run: () => showTab("table") },
    { keys: "Escape", label: "Back to the catalogue", group: "This page", when: () => current.extra.sel === undefined && document.activeElement?.tagName !== "TEXTAREA", run: () => navigate({ query: "", extra: { tab: null, step: null, plan: null } }) },
  ]);
  useShare({ path, json: answer.body ? () => JSON.stringify(answer.body, null, 2) : undefined });
  // What the chart's answer is made of is no table, and the other way round.
  const isShown = answer.rows.every((one) => (tab === "chart" ? one.values !== undefined || one.histograms !== undefined : true));
  return (
    <div className="page metric">
      <QueryBar languages={languages} scope="promql" error={answer.error} />
      <Remarks texts={answer.warnings} />
      <ProgressRow answer={answer} count={answer.rows.length} what="series">
        {tab === "chart" ? <StepChoice /> : null}
        <PlanButton />
        <Link className="button quiet" to={{ query: "", extra: { tab: null, step: null, plan: null, sel: null } }}>All metrics</Link>
      </ProgressRow>
      <PlanPanel plan={answer.plan} />
      <Tabs label="Results" current={tab} onSelect={showTab} tabs={[{ id: "chart", title: "Chart", keys: "1" }, { id: "table", title: "Table", keys: "2" }]} />
      <SelectionBar page="metrics" />
      {answer.error ? <ErrorPanel error={answer.error} what="The query could not be answered" /> : null}
      {answer.body === null || !isShown ? null : answer.rows.length === 0 && !answer.loading && !answer.error ? <EmptyPanel signal="metrics" /> : tab === "chart" ? (
        <>
          {hasHistograms ? <p className="note">The chart shows the counts of histograms; histogram_quantile() and histogram_avg() show more of them.</p> : null}
          <SeriesResult title={current.query} window={window} steps={steps} series={series} stale={answer.stale} />
        </>
      ) : <SampleTable rows={answer.rows} text={(answer.body as PromAnswer).data.resultType === "string"} stale={answer.stale} label={`Samples, ${groupedCount(answer.rows.length)}`} />}
    </div>
  );
}
