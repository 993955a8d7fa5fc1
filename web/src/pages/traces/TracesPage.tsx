import { useView } from "../../core/router";
import { TracePage } from "./TracePage";
import { TraceQLResult } from "./TraceQLResult";
import { TraceSearch } from "./TraceSearch";

/** Traces: one trace, or many by the search bar or by TraceQL. */
export default function TracesPage(): JSX.Element {
  const current = useView();
  if (current.id !== "") return <TracePage key={current.id} id={current.id} />;
  return current.extra.lang === "traceql" ? <TraceQLResult /> : <TraceSearch />;
}
