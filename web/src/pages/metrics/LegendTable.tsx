import { useMemo, useState } from "react";
import { Attributes } from "../../core/model";
import { valueText } from "../../core/format";
import { Swatch } from "../../ui/controls";
import { GridCell, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";
import { LineSample } from "../../viz/LineSample";
import { ChartSeries } from "../../viz/TimeChart";

type Column = "name" | "last" | "min" | "max" | "avg" | "sum";

/** The legend as a table: click isolates a series, Shift adds one. */
export function LegendTable({ series, keys, isolated, format, onHover, onPick }: {
  series: ChartSeries[];
  keys: Attributes[];
  isolated: ReadonlySet<string>;
  format: (value: number) => string;
  onHover: (index: number | null) => void;
  onPick: (name: string, add: boolean) => void;
}): JSX.Element {
  const [sort, setSort] = useState<{ column: Column; descending: boolean }>({ column: "max", descending: true });
  const [active, setActive] = useState(-1);
  const rows = useMemo(() => {
    const measured = series.map((line, index) => ({ line, index, ...measures(line.values) }));
    const sign = sort.descending ? -1 : 1;
    return measured.sort((a, b) => {
      const [first, second] = sort.column === "name" ? [a.line.name, b.line.name] : [a[sort.column] ?? -Infinity, b[sort.column] ?? -Infinity];
      return first === second ? 0 : (first < second ? -1 : 1) * sign;
    });
  }, [series, sort]);
  const text = (value: number | null): string => (value === null ? "–" : format(value));
  const header = (column: Column, title: string): JSX.Element => (
    <HeaderCell className={column === "name" ? "name" : "number"} sorted={sort.column === column ? (sort.descending ? "descending" : "ascending") : null} onSort={() => setSort({ column, descending: sort.column === column ? !sort.descending : column !== "name" })}>{title}</HeaderCell>
  );
  return (
    <div className="grid-place" onPointerLeave={() => onHover(null)}>
      <VirtualGrid className="legend-grid" label="Series" rowCount={rows.length} rowHeight={24} rowKey={(row) => rows[row].index} active={active}
        onActive={(row) => {
          setActive(row);
          onHover(rows[row]?.index ?? null);
        }}
        onOpen={(row) => onPick(rows[row].line.name, (window.event as KeyboardEvent | MouseEvent | undefined)?.shiftKey ?? false)}
        rowClass={(row) => (isolated.size > 0 && !isolated.has(rows[row].line.name) ? "dim" : "")}
        header={<>{header("name", "Series")}{header("last", "Last")}{header("min", "Min")}{header("max", "Max")}{header("avg", "Avg")}{header("sum", "Sum")}</>}
        renderRow={(row) => {
          const item = rows[row];
          return (
            <>
              <GridCell className="name" title={Object.entries(keys[item.index] ?? {}).map(([key, value]) => `${key} = ${valueText(value)}`).join("\n")}>
                {item.line.dash ? <LineSample slot={slotOf(item.line)} dash={item.line.dash} /> : <Swatch name={item.line.name} slot={slotOf(item.line)} />}<span className="cut">{item.line.name}</span>
              </GridCell>
              <GridCell className="number">{text(item.last)}</GridCell>
              <GridCell className="number">{text(item.min)}</GridCell>
              <GridCell className="number">{text(item.max)}</GridCell>
              <GridCell className="number">{text(item.avg)}</GridCell>
              <GridCell className="number">{text(item.sum)}</GridCell>
            </>
          );
        }} />
    </div>
  );
}

function slotOf({ colour }: ChartSeries): number {
  return typeof colour === "number" ? colour : -1;
}

function measures(values: (number | null)[]): Record<"last" | "min" | "max" | "avg" | "sum", number | null> {
  const present = values.filter((value): value is number => value !== null && value !== undefined);
  if (present.length === 0) return { last: null, min: null, max: null, avg: null, sum: null };
  const sum = present.reduce((total, value) => total + value, 0);
  return { last: present[present.length - 1], min: Math.min(...present), max: Math.max(...present), avg: sum / present.length, sum };
}
