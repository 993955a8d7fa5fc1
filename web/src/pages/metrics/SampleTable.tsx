import { useMemo, useState } from "react";
import { clockTime } from "../../core/time";
import { GridCell, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";
import type { PromSeries } from "./PromQLResult";

/** Label columns of a table; the others stand together in the last. */
const columnLimit = 6;

/** The samples of an instant query: a column for each label, the value as the server wrote it. */
export function SampleTable({ rows, label, stale, text }: { rows: PromSeries[]; label: string; stale: boolean; text: boolean }): JSX.Element {
  const [descending, setDescending] = useState(true);
  const [active, setActive] = useState(-1);
  const names = useMemo(() => [...new Set(rows.flatMap((row) => Object.keys(row.metric ?? {})))].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)), [rows]);
  const shown = names.slice(0, columnLimit);
  const rest = names.slice(columnLimit);
  const sorted = useMemo(() => (text ? rows : rows.slice().sort((a, b) => (numberOf(b) - numberOf(a)) * (descending ? 1 : -1))), [rows, descending, text]);
  return (
    <div className={`grid-place ${stale ? "stale" : ""}`}>
      <VirtualGrid className="sample-grid" label={label} rowCount={sorted.length} rowHeight={24} rowKey={(row) => row} active={active} onActive={setActive}
        header={<>
          {shown.map((name) => <HeaderCell key={name} className="name">{name === "__name__" ? "metric" : name}</HeaderCell>)}
          {rest.length > 0 ? <HeaderCell className="name">other labels</HeaderCell> : null}
          <HeaderCell className="number wide" sorted={text ? null : descending ? "descending" : "ascending"} onSort={() => setDescending(!descending)}>Value</HeaderCell>
        </>}
        renderRow={(row) => {
          const metric = sorted[row]?.metric ?? {};
          return (
            <>
              {shown.map((name) => <GridCell key={name} className="name" title={metric[name]}><span className="cut">{metric[name] ?? "–"}</span></GridCell>)}
              {rest.length > 0 ? <GridCell className="name"><span className="cut">{rest.filter((name) => metric[name] !== undefined).map((name) => `${name}=${metric[name]}`).join("  ")}</span></GridCell> : null}
              <GridCell className="number wide"><b>{valueOf(sorted[row])}</b></GridCell>
            </>
          );
        }} />
    </div>
  );
}

function rank(name: string): number {
  return name === "__name__" ? 0 : name === "job" || name === "service_name" ? 1 : 2;
}

function numberOf(row: PromSeries): number {
  const value = Number(row.value?.[1] ?? row.histogram?.[1].count ?? row.values?.[row.values.length - 1]?.[1]);
  return Number.isNaN(value) ? -Infinity : value;
}

function valueOf(row: PromSeries | undefined): string {
  if (row?.value) return row.value[1];
  if (row?.histogram) return `count ${row.histogram[1].count}, sum ${row.histogram[1].sum}`;
  return (row?.values ?? []).map(([time, value]) => `${value} @ ${clockTime(time * 1000, "second")}`).join("  ");
}
