import { useView } from "../../core/router";
import { Catalogue } from "./Catalogue";
import { MetricChart } from "./MetricChart";

/** Metrics: the catalogue, or one metric by resource and attributes. */
export default function MetricsPage(): JSX.Element {
  const current = useView();
  const name = current.extra.name;
  return name === undefined ? <Catalogue /> : <MetricChart key={name} name={name} />;
}
