import { queriesOf } from "../../context/metricQueries";
import { useView } from "../../core/router";
import { Catalogue } from "./Catalogue";
import { MetricChart } from "./MetricChart";
import { PromQLResult } from "./PromQLResult";

/** Metrics: queries in PromQL, one metric by resource and attributes, or the catalogue. */
export default function MetricsPage(): JSX.Element {
  const current = useView();
  const name = current.extra.name;
  if (name !== undefined) return <MetricChart key={name} name={name} />;
  return queriesOf(current).length === 0 ? <Catalogue /> : <PromQLResult />;
}
