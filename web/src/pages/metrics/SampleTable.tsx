import { useMemo, useState } from "react";
import { Letter } from "../../context/metricQueries";
import { clockTime } from "../../core/time";
import { GridCell, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";
import type { PromSeries } from "./promAnswers";
import { joinedSamples, SampleRow } from "./sampleRows";

/** Label columns of a table; the others stand together in the last. */
const columnLimit = 6;

/** The samples of instant queries: a column for each label, and one for each query's value as the server wrote it. */
export function SampleTable({ queries, label, stale, text }: { queries: readonly { letter: Letter; rows: readonly PromSeries[] }[]; label: string; stale: boolean; text: boolean }): JSX.Element {
  const [sort, setSort] = useState<{ column: string; descending: boolean }>({ column: "0", descending: true });
  const [active, setActive] = useState(-1);
  const rows = useMemo(() => joinedSamples(queries.map((query) => query.rows)), [queries]);
  const names = useMemo(() => [...new Set(rows.flatMap((row) => Object.keys(row.labels)))].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)), [rows]);
  const shown = names.slice(0, columnLimit);
  const rest = names.slice(columnLimit);
  const sorted = useMemo(() => (text ? rows : rows.slice().sort((a, b) => compared(a, b, sort.column) * (sort.descending ? -1 : 1))), [rows, sort, text]);
  const header = (column: string, title: string, className: string): JSX.Element => (
    <HeaderCell key={column} className={className} sorted={text || sort.column !== column ? null : sort.descending ? "descending" : "ascending"}
      onSort={() => setSort({ column, descending: sort.column === column ? !sort.descending : className !== "name" })}>{title}</HeaderCell>
  );
  return (
    <div className={`grid-place ${stale ? "stale" : ""}`}>
      <VirtualGrid className="sample-grid" label={label} rowCount={sorted.length} rowHeight={24} rowKey={(row) => row} active={active} onActive={setActive}
        header={<>
          {shown.map((name) => header(`label ${name}`, name === "__name__" ? "metric" : name, "name"))}
          {rest.length > 0 ? <HeaderCell className="name">other labels</HeaderCell> : null}
          {queries.map(({ letter }, index) => header(String(index), queries.length > 1 ? letter : "Value", "number wide"))}
        </>}
        renderRow={(row) => {
          const { labels = {}, samples = [] } = sorted[row] ?? {};
          return (
            <>
              {shown.map((name) => <GridCell key={name} className="name" title={labels[name]}><span className="cut">{labels[name] ?? "–"}</span></GridCell>)}
              {rest.length > 0 ? <GridCell className="name"><span className="cut">{rest.filter((name) => labels[name] !== undefined).map((name) => `${name}=${labels[name]}`).join("  ")}</span></GridCell> : null}
              {queries.map(({ letter }, index) => <GridCell key={letter} className="number wide"><b>{valueOf(samples[index])}</b></GridCell>)}
            </>
          );
        }} />
    </div>
  );
}

function rank(name: string): number {
  return name === "__name__" ? 0 : name === "job" || name === "service_name" ? 1 : 2;
}

/** The order of two rows by a label, or by the value of a query; what has none is last of the descending order. */
function compared(a: SampleRow, b: SampleRow, column: string): number {
  if (!column.startsWith("label ")) return numberOf(a.samples[Number(column)]) - numberOf(b.samples[Number(column)]) || 0;
  const name = column.slice(6);
  return (a.labels[name] ?? "").localeCompare(b.labels[name] ?? "", undefined, { numeric: true });
}

function numberOf(sample: PromSeries | undefined): number {
  const value = Number(sample?.value?.[1] ?? sample?.histogram?.[1].count ?? sample?.values?.[sample.values.length - 1]?.[1]);
  return Number.isNaN(value) ? -Number.MAX_VALUE : value;
}

function valueOf(sample: PromSeries | undefined): string {
  if (!sample) return "–";
  if (sample.value) return sample.value[1];
  if (sample.histogram) return `count ${sample.histogram[1].count}, sum ${sample.histogram[1].sum}`;
  return (sample.values ?? []).map(([time, value]) => `${value} @ ${clockTime(time * 1000, "second")}`).join("  ");
}
