import { useKeys } from "../core/keys";
import { navigate, useView } from "../core/router";
import { comparisons } from "./comparison";

/** What the charts of this page are compared with: drawn as dashed lines. */
export function CompareChip(): JSX.Element {
  const current = useView();
  const chosen = comparisons.some(([id]) => id === current.extra.cmp) ? current.extra.cmp : "";
  const set = (value: string): void => navigate({ extra: { cmp: value === "" ? null : value } });
  useKeys([{ keys: "c", label: "Compare with the time just before", group: "This page", run: () => set(chosen === "" ? "prev" : "") }]);
  return (
    <select className={`compare ${chosen === "" ? "" : "on"}`} aria-label="Compare with" title="Draw an earlier time as a dashed line  c" value={chosen} onChange={(event) => set(event.target.value)}>
      <option value="">no comparison</option>
      {comparisons.map(([id, text]) => <option key={id} value={id}>with {text}</option>)}
    </select>
  );
}
