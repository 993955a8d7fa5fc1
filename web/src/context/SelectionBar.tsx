import { useKeys } from "../core/keys";
import { navigate, useView } from "../core/router";
import { duration } from "../core/format";
import { windowText } from "../core/time";
import { parseSelection } from "../core/url";
import { Button, Link } from "../ui/controls";

/** What can be done with the brushed window; absent without one. */
export function SelectionBar({ page }: { page: "logs" | "traces" | "services" | "metrics" }): JSX.Element | null {
  const current = useView();
  const selection = parseSelection(current.extra.sel);
  const zoom = (): void => {
    if (selection) navigate({ from: String(selection.from), to: String(selection.to), extra: { sel: null } });
  };
  const clear = (): void => navigate({ extra: { sel: null } });
  useKeys([
    { keys: "z", label: "Zoom to the selection", group: "Selection", when: () => selection !== null, run: zoom },
    { keys: "Escape", label: "Clear the selection", group: "Selection", when: () => selection !== null, run: clear },
  ]);
  if (!selection) return null;
  const durations = selection.low !== null || selection.high !== null ? `, ${selection.low === null ? "up to" : duration(selection.low)}${selection.low !== null && selection.high !== null ? " – " : selection.high === null ? " and more" : " "}${selection.high === null ? "" : duration(selection.high)}` : "";
  const window = { from: String(selection.from), to: String(selection.to) };
  return (
    <div className="selection-bar" role="group" aria-label="Selection">
      <span>Selected <b>{windowText(selection.from, selection.to, Date.now())}{durations}</b></span>
      <Button kind="plain" keys="z" onClick={zoom}>Zoom</Button>
      {page === "logs" ? null : <Link className="button plain" to={{ page: "logs", id: page === "services" ? "" : undefined, ...window }}>Logs</Link>}
      {page === "traces" ? null : <Link className="button plain" to={{ page: "traces", ...window }}>Traces</Link>}
      <Button kind="quiet" keys="Escape" onClick={clear}>Clear</Button>
    </div>
  );
}
