import { useEffect, useMemo, useState } from "react";
import { Letter, letters, queriesOf, withoutQueries, withQuery, withVisibility } from "../../context/metricQueries";
import { useShare } from "../../context/share";
import { SelectionBar } from "../../context/SelectionBar";
import { groupedCount } from "../../core/format";
import { useKeys } from "../../core/keys";
import { navigate, useView, useWindow, view } from "../../core/router";
import { PlanButton, PlanPanel, Remarks, usePlan } from "../../query/PlanPanel";
import { promqlLanguage } from "../../query/promqlLanguage";
import { QueryBar } from "../../query/QueryBar";
import { QuerySeries, SeriesResult, valuesAt } from "../../query/SeriesResult";
import { StepChoice } from "../../query/StepChoice";
import { stepsOf } from "../../query/steps";
import { UnitChoice, useChosenUnit } from "../../query/UnitChoice";
import { guessedUnit, unitFormatter } from "../../query/units";
import { Button, Link, Tabs } from "../../ui/controls";
import { EmptyPanel, ErrorPanel, ProgressRow } from "../../ui/states";
import { AnsweredQuery, pathOfQuery, PromBody, together, useAnswers } from "./promAnswers";
import { useExemplars } from "./promExemplars";
import { QueryLetter, QueryRow } from "./QueryRow";
import { SampleTable } from "./SampleTable";

const languages = [promqlLanguage];

/** Up to five PromQL queries: over time in one chart, at the window's end in one table. */
export function PromQLResult(): JSX.Element {
  const current = useView();
  const window = useWindow();
  const steps = stepsOf(current, window);
  const tab = current.extra.tab === "table" ? "table" : "chart";
  const asking = { kind: tab === "chart" ? "range" : "instant", steps, time: window.to / 1000, explains: usePlan() } as const;
  const asked = useMemo(() => queriesOf(current), [current]);
  const answers = useAnswers(asked, asking);
  const shown = useMemo(() => answers.filter((query) => !query.hidden), [answers]);
  // A row that was added stands without a text until it is run: an empty query is no part of the link.
  const [added, setAdded] = useState<Letter | null>(null);
  const rows = letters.slice(1).filter((letter) => letter === added || asked.some((query) => query.letter === letter));
  const free = letters.find((letter) => letter !== "A" && !rows.includes(letter));
  const add = (): void => setAdded(free ?? null);
  useEffect(() => {
    if (added !== null && asked.some((query) => query.letter === added)) setAdded(null);
  }, [asked, added]);
  const several = rows.length > 0;
  const errorOf = (letter: Letter): AnsweredQuery["answer"]["error"] => shown.find((query) => query.letter === letter)?.answer.error ?? null;
  const series = useMemo<QuerySeries[]>(() => shown.flatMap(({ letter, text, answer }) => answer.rows.map((one) => ({
    labels: one.metric ?? {},
    values: valuesAt(steps, one.values ?? (one.histograms ?? []).map(([time, histogram]): [number, string] => [time, histogram.count])),
    ...(several ? { query: { letter, text } } : {}),
  }))), [shown, several, steps.start, steps.end, steps.step]);
  const exemplars = useExemplars(tab === "chart" ? shown : [], window);
  const guessed = useMemo(() => {
    const found = new Set(shown.map((query) => guessedUnit(query.text)));
    return found.size === 1 ? [...found][0] : undefined;
  }, [shown]);
  const samples = useMemo(() => shown.map(({ letter, answer }) => ({ letter, rows: answer.rows })), [shown]);
  const unit = useChosenUnit() ?? guessed;
  const format = useMemo(() => unitFormatter(unit), [unit]);
  const showTab = (id: string): void => navigate({ extra: { tab: id === "chart" ? null : id } });
  useKeys([
    { keys: "1", label: "Chart", group: "This page", run: () => showTab("chart") },
    { keys: "2", label: "Table", group: "This page", run: () => showTab("table") },
    { keys: "a", label: "Add a query to the chart", group: "This page", when: () => free !== undefined, run: add },
    ...(several ? asked.map(({ letter }) => ({ keys: `h ${letter.toLowerCase()}`, label: `Hide or show query ${letter}`, group: "This page", run: () => navigate(withVisibility(view.get(), letter)) })) : []),
    { keys: "Escape", label: "Back to the catalogue", group: "This page", when: () => current.extra.sel === undefined && document.activeElement?.tagName !== "TEXTAREA", run: () => navigate(withoutQueries) },
  ]);
  const bodies = shown.filter((query) => query.answer.body !== null);
  useShare({ path: pathOfQuery(asked[0]?.text ?? "", asking), json: bodies.length > 0 ? () => JSON.stringify(several ? Object.fromEntries(bodies.map((query) => [query.letter, query.answer.body])) : bodies[0].answer.body, null, 2) : undefined });
  const found = shown.flatMap((query) => query.answer.rows);
  const hasHistograms = found.some((one) => one.histograms);
  // What the chart's answer is made of is no table, and the other way round.
  const isShown = bodies.length > 0 && (tab === "chart" ? found.every((one) => one.values !== undefined || one.histograms !== undefined) : !shown.some((query) => query.answer.stale && query.answer.rows.some((one) => one.values ?? one.histograms)));
  const progress = shown.length > 0 ? together(shown.map((query) => query.answer)) : null;
  const failed = shown.filter((query) => query.answer.error !== null);
  return (
    <div className="page metric">
      <div className="query-rows">
        <QueryBar languages={languages} scope="promql" error={errorOf("A")} lead={several ? <QueryLetter letter="A" /> : null} patch={(text) => withQuery(view.get(), "A", text)} />
        {rows.map((letter) => (
          <QueryRow key={letter} letter={letter} error={errorOf(letter)} isNew={letter === added} onRemove={() => {
            setAdded(null);
            navigate(withQuery(view.get(), letter, ""));
          }} />
        ))}
      </div>
      <Remarks texts={shown.flatMap(({ letter, answer }) => answer.warnings.map((text) => (several ? `${letter}: ${text}` : text)))} />
      <div className="result-head">
        {progress ? <ProgressRow answer={progress} count={found.length} what="series" /> : <p className="note progress-row">All queries are hidden; press a letter to show one.</p>}
        <div className="result-tools">
          <Button kind="quiet" icon="plus" keys="a" disabled={free === undefined} title="Another query in the same chart" onClick={add}>Query</Button>
          {tab === "chart" ? <StepChoice /> : null}
          {tab === "chart" ? <UnitChoice guessed={guessed} /> : null}
          <PlanButton />
          <Link className="button quiet" to={withoutQueries}>All metrics</Link>
        </div>
      </div>
      {shown.map(({ letter, answer }) => <PlanPanel key={letter} plan={answer.plan} />)}
      <Tabs label="Results" current={tab} onSelect={showTab} tabs={[{ id: "chart", title: "Chart", keys: "1" }, { id: "table", title: "Table", keys: "2" }]} />
      <SelectionBar page="metrics" />
      {failed.map(({ letter, answer }) => (answer.error ? <ErrorPanel key={letter} error={answer.error} what={`${several ? `Query ${letter}` : "The query"} could not be answered`} /> : null))}
      {!isShown ? null : found.length === 0 && !progress?.loading && failed.length === 0 ? <EmptyPanel signal="metrics" /> : tab === "chart" ? (
        <>
          {hasHistograms ? <p className="note">The chart shows the counts of histograms; histogram_quantile() and histogram_avg() show more of them.</p> : null}
          <SeriesResult title={shown.map((query) => query.text).join(" and ")} window={window} steps={steps} series={series} stale={progress?.stale ?? false} format={format} exemplars={exemplars} />
        </>
      ) : <SampleTable key={shown.map((query) => query.letter).join("")} queries={samples} text={(bodies[0].answer.body as PromBody).data.resultType === "string"} stale={progress?.stale ?? false} label={`Samples, ${groupedCount(found.length)}`} />}
    </div>
  );
}
