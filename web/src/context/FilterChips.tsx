import { useState } from "react";
import { useKeys } from "../core/keys";
import { navigate, useView } from "../core/router";
import { Filter, FilterOperator, formatFilter } from "../core/url";
import { Button, Popover } from "../ui/controls";
import { Icon } from "../ui/icons";
import { Suggest } from "../ui/Suggest";
import { filterText, inapplicable, Signal, withFilter } from "./filters";
import { suggestFields, suggestValues } from "./suggestions";

const operatorNames: [FilterOperator, string][] = [
  ["eq", "= equals"], ["ne", "≠ differs"], ["in", "is one of"], ["nin", "is none of"], ["re", "~ matches"], ["nre", "!~ matches not"],
  ["gt", "> above"], ["gte", "≥ at least"], ["lt", "< below"], ["lte", "≤ at most"], ["ex", "exists"], ["nex", "is absent"],
];

/** The filters of the context, and the way to add one. A filter that this page cannot apply stays, struck through. */
export function FilterChips({ signal }: { signal: Signal | null }): JSX.Element {
  const current = useView();
  const [editing, setEditing] = useState<number | null>(null);
  useKeys([
    { keys: "f", label: "Add a filter", group: "Context", run: () => setEditing(-1) },
    { keys: "F", label: "Clear the filters", group: "Context", run: () => navigate({ filters: [] }) },
  ]);
  const remove = (filter: Filter): void => navigate({ filters: current.filters.filter((other) => other !== filter) });
  return (
    <div className="chips" role="group" aria-label="Filters">
      {current.filters.map((filter, index) => {
        const reason = inapplicable(filter, signal);
        return (
          <div key={`${formatFilter(filter)}${index}`} className={`anchor chip ${reason ? "struck" : ""} ${["ne", "nin", "nre", "nex"].includes(filter.op) ? "negative" : ""}`}>
            <button type="button" className="chip-text" title={reason ? `Not applied here: ${reason}` : "Change this filter"} onClick={() => setEditing(editing === index ? null : index)}>
              {filterText(filter)}
              {reason ? <span className="off-screen"> (not applied here: {reason})</span> : null}
            </button>
            <button type="button" className="chip-remove" aria-label={`Remove filter ${filterText(filter)}`} title="Remove" onClick={() => remove(filter)}><Icon name="close" size={10} /></button>
            <Popover open={editing === index} onClose={() => setEditing(null)} label="Change filter" className="filter-box">
              <FilterForm signal={signal ?? "traces"} initial={filter} onDone={(next) => {
                setEditing(null);
                if (next) navigate({ filters: current.filters.map((other) => (other === filter ? next : other)) });
              }} />
            </Popover>
          </div>
        );
      })}
      <div className="anchor">
        <Button kind="quiet" icon="plus" keys="f" title="Add a filter" expanded={editing === -1} onClick={() => setEditing(editing === -1 ? null : -1)}>Filter</Button>
        <Popover open={editing === -1} onClose={() => setEditing(null)} label="Add filter" className="filter-box">
          <FilterForm signal={signal ?? "traces"} initial={{ key: "", op: "eq", value: "" }} onDone={(next) => {
            setEditing(null);
            if (next) navigate({ filters: withFilter(current.filters, next) });
          }} />
        </Popover>
      </div>
    </div>
  );
}

function FilterForm({ signal, initial, onDone }: { signal: Signal; initial: Filter; onDone: (filter: Filter | null) => void }): JSX.Element {
  const [filter, setFilter] = useState(initial);
  const bare = filter.op === "ex" || filter.op === "nex";
  const submit = (value: string): void => {
    if (filter.key.trim() === "" || (!bare && value === "")) return;
    onDone({ key: filter.key.trim(), op: filter.op, value: bare ? "" : value });
  };
  return (
    <form className="filter-form" onSubmit={(event) => {
      event.preventDefault();
      submit(filter.value);
    }}>
      <Suggest first openOnFocus label="Field" placeholder="field, e.g. http.route" value={filter.key} onChange={(key) => setFilter({ ...filter, key })}
        onSubmit={() => submit(filter.value)} suggest={(text, abort) => suggestFields(signal, text, abort)} />
      <select aria-label="Operator" value={filter.op} onChange={(event) => setFilter({ ...filter, op: event.target.value as FilterOperator })}>
        {operatorNames.map(([op, name]) => <option key={op} value={op}>{name}</option>)}
      </select>
      {bare ? null : (
        <Suggest openOnFocus label="Value" placeholder="value" value={filter.value} onChange={(value) => setFilter({ ...filter, value })} onSubmit={submit}
          suggest={(text, abort) => (filter.key === "" ? Promise.resolve([]) : suggestValues(signal, filter.key, text, abort))} />
      )}
      <button type="submit" className="button primary" disabled={filter.key.trim() === "" || (!bare && filter.value === "")}>Apply</button>
    </form>
  );
}
