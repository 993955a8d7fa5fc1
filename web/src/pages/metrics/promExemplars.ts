import { letters, Letter } from "../../context/metricQueries";
import { useJSON } from "../../core/answers";
import { TimeWindow } from "../../core/router";
import { compatiblePath } from "../../query/sources";
import { ChartExemplar } from "../../viz/TimeChart";
import { exemplarsOf, PromExemplars, spreadExemplars } from "./exemplarMarks";
import { AnsweredQuery } from "./promAnswers";

/** The exemplars of the queries that have an answer: those that were refused are not asked again. */
export function useExemplars(queries: readonly AnsweredQuery[], window: TimeWindow): ChartExemplar[] {
  const useOne = (letter: Letter): ChartExemplar[] => {
    const query = queries.find((one) => one.letter === letter);
    const answered = query && !query.hidden && !query.answer.loading && query.answer.rows.length > 0;
    const { data } = useJSON<{ data: PromExemplars[] }>(answered ? compatiblePath("prometheus/api/v1/query_exemplars", [["query", query.text], ["start", String(window.from / 1000)], ["end", String(window.to / 1000)]]) : null);
    return data ? exemplarsOf(data.data, query?.text ?? "") : [];
  };
  return spreadExemplars(letters.flatMap(useOne), window);
}
