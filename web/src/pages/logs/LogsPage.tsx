import { useView } from "../../core/router";
import { LogQLResult } from "./LogQLResult";
import { LogSearch } from "./LogSearch";

/** Logs: by the search bar, or by LogQL. */
export default function LogsPage(): JSX.Element {
  return useView().extra.lang === "logql" ? <LogQLResult /> : <LogSearch />;
}
