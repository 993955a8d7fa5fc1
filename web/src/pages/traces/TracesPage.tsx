import { useView } from "../../core/router";
import { TracePage } from "./TracePage";
import { TraceSearch } from "./TraceSearch";

/** Traces: the search, or one trace. */
export default function TracesPage(): JSX.Element {
  const current = useView();
  return current.id === "" ? <TraceSearch /> : <TracePage key={current.id} id={current.id} />;
}
