import { useMemo, useState } from "react";
import { shortName } from "../../context/fieldNames";
import { alsoValue, Signal, withFilter } from "../../context/filters";
import { pathOf, question } from "../../context/question";
import { useJSON } from "../../core/answers";
import { compactCount, valueText } from "../../core/format";
import { FieldsAnswer, FieldValues } from "../../core/model";
import { navigate, TimeWindow, useView, view } from "../../core/router";
import { ErrorPanel } from "../../ui/states";
import { Icon } from "../../ui/icons";
import { Swatch } from "../../ui/controls";
import { ColumnChoice, ColumnToggle } from "../../ui/ColumnToggle";

/** Fields that are opened first when the data has them. */
const preferred: Record<"logs" | "traces", string[]> = {
  logs: ["service.name", "severity_text", "event_name", "http.route", "exception.type", "error.type", "resource.deployment.environment.name"],
  traces: ["service.name", "name", "http.route", "status", "kind", "http.response.status_code", "error.type"],
};

/** Fields with a value of their own for nearly every record are no facets. */
const identifiers = /(^|\.)(trace_id|span_id|id|body|time|observed_time|parent_span_id)$|^(start|end|duration|flags|severity|severity_range)$/;

/** Values of fields with their counts: click takes only this one, Shift adds, Alt excludes. */
export function Facets({ signal, window, columns }: { signal: "logs" | "traces"; window: TimeWindow; columns?: ColumnChoice }): JSX.Element {
  const { data, error } = useJSON<FieldsAnswer>(pathOf("fields", [["signal", signal], ["from", String(window.from)], ["to", String(window.to)]]));
  const [search, setSearch] = useState("");
  const [opened, setOpened] = useState<Record<string, boolean>>({});
  const names = useMemo(() => fieldOrder(signal, data), [signal, data]);
  const shown = names.filter((name) => name.toLowerCase().includes(search.toLowerCase()));
  const first = new Set(names.slice(0, 4));
  return (
    <aside className="facets" aria-label="Facets">
      <input type="search" aria-label="Find a field" placeholder="Find a field" value={search} onChange={(event) => setSearch(event.target.value)} />
      {error ? <ErrorPanel error={error} what="Fields" /> : null}
      {shown.map((name) => {
        const open = opened[name] ?? first.has(name);
        return (
          <section key={name}>
            <h2 className="facet-title">
              <button type="button" className="facet-head" aria-expanded={open} onClick={() => setOpened({ ...opened, [name]: !open })}>
                <Icon name={open ? "down" : "chevron"} size={10} />
                <span className="cut" title={name}>{name.replace(/^resource\./, "")}</span>
                {name.startsWith("resource.") ? <span className="note">resource</span> : null}
              </button>
              {columns ? <ColumnToggle field={name} choice={columns} /> : null}
            </h2>
            {open ? <FacetValues signal={signal} field={name} window={window} /> : null}
          </section>
        );
      })}
    </aside>
  );
}

function fieldOrder(signal: "logs" | "traces", data: FieldsAnswer | null): string[] {
  const known = new Map<string, number>();
  for (const field of data?.fields ?? []) {
    const name = shortName(field.name);
    if (!identifiers.test(name)) known.set(name, Math.max(known.get(name) ?? 0, field.rows ?? 0));
  }
  const rank = (name: string): number => {
    const place = preferred[signal].indexOf(name);
    return place < 0 ? preferred[signal].length : place;
  };
  return ["service.name", ...[...known.keys()].filter((name) => name !== "service.name").sort((a, b) => rank(a) - rank(b) || (known.get(b) ?? 0) - (known.get(a) ?? 0) || (a < b ? -1 : 1))];
}

function FacetValues({ signal, field, window }: { signal: Signal; field: string; window: TimeWindow }): JSX.Element {
  const current = useView();
  // Its own filters are left out, so that the other values stay in sight.
  const others = { ...current, filters: current.filters.filter((filter) => filter.key !== field) };
  const { data, stale, loading } = useJSON<FieldValues>(pathOf("fields/values", [...question(others, window, signal), ["signal", signal], ["field", field], ["limit", "8"]]));
  if (!data) return <div className="facet-values" />;
  const most = Math.max(1, ...data.values.map((item) => item.count));
  const chosen = current.filters.filter((filter) => filter.key === field);
  return (
    <ul className={`facet-values ${stale && loading ? "stale" : ""}`}>
      {data.values.map((item) => {
        const text = valueText(item.value);
        const on = chosen.some((filter) => (filter.op === "eq" && filter.value === text) || (filter.op === "in" && filter.value.split(",").includes(text)));
        return (
          <li key={text}>
            <button
              type="button"
              className="facet-value"
              aria-pressed={on}
              title="Click: only this · Shift: also this · Alt: exclude"
              onClick={(event) => {
                const filters = view.get().filters;
                if (event.altKey) navigate({ filters: withFilter(filters, { key: field, op: "ne", value: text }) });
                else if (event.shiftKey) navigate({ filters: alsoValue(filters, field, text) });
                else if (on) navigate({ filters: filters.filter((filter) => filter.key !== field) });
                else navigate({ filters: withFilter(filters, { key: field, op: "eq", value: text }) });
              }}
            >
              <span className="bar" style={{ width: `${(100 * item.count) / most}%` }} aria-hidden="true" />
              <span className="box" aria-hidden="true">{on ? "✓" : ""}</span>
              {field === "service.name" ? <Swatch name={text} /> : null}
              <span className="cut">{text === "" ? "(empty)" : text}</span>
              <span className="count">{compactCount(item.count)}</span>
            </button>
          </li>
        );
      })}
      {data.distinct !== undefined && data.distinct > data.values.length ? <li className="note">{data.values.length} of {compactCount(data.distinct)} values</li> : null}
      {data.values.length === 0 ? <li className="note">no values here</li> : null}
    </ul>
  );
}
