import { forwardRef, memo, useCallback, useMemo } from "react";
import { columnValue, movedColumn, toggledColumn } from "../../context/columns";
import { valueText } from "../../core/format";
import { LogRecord, severityOf } from "../../core/model";
import { clockTime, dayAndTime, millisecondsOf } from "../../core/time";
import { narrowWindow } from "../../core/media";
import { useStore } from "../../core/store";
import { sizeValue } from "../../core/sizes";
import { ServiceName } from "../../ui/controls";
import { GridCell, GridHandle, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";
import { ColumnHeader, sizeOfColumn } from "./ColumnHeader";

/** Characters of a line that the grid shows; the detail panel has all of it. */
const lineLimit = 600;

interface LogGridProps {
  label: string;
  rows: LogRecord[];
  active: number;
  onActive: (row: number) => void;
  onOpen: (row: number) => void;
  words: string[];
  wrapped: boolean;
  /** Shows the day as well. */
  long: boolean;
  onScroll?: (atEnd: boolean, upward: boolean) => void;
  footer?: React.ReactNode;
  fromEnd?: boolean;
  /** Fields between the severity and the line. */
  columns: readonly string[];
  /** Lets the headers move and remove columns. */
  onColumns?: (columns: string[]) => void;
  /** Remarks that stand before lines, by their ids. */
  notes?: ReadonlyMap<string, string>;
}

/** Log lines: time, severity, columns, body with the other attributes behind it. */
export const LogGrid = memo(forwardRef<GridHandle, LogGridProps>(function LogGrid(props, handle) {
  const { rows, words, columns, onColumns, notes, long } = props;
  const narrow = useStore(narrowWindow);
  const pattern = useMemo(() => markPattern(words), [words]);
  const header = useMemo(() => (
    <>
      <HeaderCell className="time">Time</HeaderCell>
      <HeaderCell className="severity">Severity</HeaderCell>
      {columns.map((field, index) => (
        <ColumnHeader key={field} field={field} onRemove={onColumns ? () => onColumns(toggledColumn(columns, field)) : undefined} onDrop={onColumns ? (dragged) => onColumns(movedColumn(columns, dragged, index)) : undefined} />
      ))}
      <HeaderCell className="line">Line</HeaderCell>
    </>
  ), [columns, onColumns]);
  const rowClass = useCallback((row: number) => `severity-${severityOf(rows[row]?.severity)?.name ?? "unset"}${notes?.has(rows[row]?.id) ? " noted" : ""}`, [rows, notes]);
  const renderRow = useCallback((row: number) => (rows[row] ? <LogLine record={rows[row]} pattern={pattern} long={long} columns={columns} note={notes?.get(rows[row].id)} /> : null), [rows, pattern, long, columns, notes]);
  return (
    <VirtualGrid
      ref={handle}
      className={`log-grid ${props.long ? "long" : ""}`}
      label={props.label}
      header={header}
      rowCount={rows.length}
      rowHeight={narrow ? 48 : 24}
      rowKey={(row) => rows[row]?.id ?? row}
      rowClass={rowClass}
      active={props.active}
      onActive={props.onActive}
      onOpen={props.onOpen}
      onScroll={props.onScroll}
      autoHeight={props.wrapped}
      footer={props.footer}
      fromEnd={props.fromEnd}
      renderRow={renderRow}
    />
  );
}));

const LogLine = memo(function LogLine({ record, pattern, long, columns, note }: { record: LogRecord; pattern: RegExp | null; long: boolean; columns: readonly string[]; note?: string }): JSX.Element {
  const time = millisecondsOf(record.time);
  const severity = severityOf(record.severity);
  const body = valueText(record.body) || record.event_name || "";
  return (
    <>
      <GridCell className="time">{long ? dayAndTime(time, "millisecond") : clockTime(time)}</GridCell>
      <GridCell className="severity">{severity ? <><span aria-hidden="true">{severity.shape}</span> {severity.word}</> : record.severity_text ?? "–"}</GridCell>
      {columns.map((field) => <ColumnCell key={field} record={record} field={field} />)}
      <GridCell className="line">
        {note ? <span className="badge warning">{note}</span> : null}
        <span className="body">{marked(body.slice(0, lineLimit), pattern)}</span>
        {body.length > lineLimit ? <span className="more"> … {Math.round(body.length / 1000)} k characters</span> : null}
        <span className="attributes">{attributeLine(record, columns)}</span>
      </GridCell>
    </>
  );
});

function ColumnCell({ record, field }: { record: LogRecord; field: string }): JSX.Element {
  const width = { width: sizeValue(sizeOfColumn(field)) };
  if (field === "service.name") return <div role="gridcell" className="cell service" style={width}><ServiceName name={record.service} /></div>;
  const text = columnValue(record, field);
  return <div role="gridcell" className="cell column" style={width} title={text}><span className="cut">{text === "" ? "–" : text.slice(0, 400)}</span></div>;
}

function attributeLine(record: LogRecord, columns: readonly string[]): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(record.attributes ?? {})) {
    if (parts.length >= 10) break;
    if (columns.includes(key)) continue;
    parts.push(`${key}=${valueText(value).slice(0, 80)}`);
  }
  return parts.join("  ");
}

/** The words of a query that are looked for in the text; field conditions are none. */
export function searchWords(query: string): string[] {
  const words: string[] = [];
  for (const match of query.matchAll(/(?:^|[\s(])(-?)(?:"([^"]+)"|([^\s():"]+)(?=[\s)]|$))/g)) {
    const word = match[2] ?? match[3];
    if (match[1] === "-" || /^(and|or|not)$/i.test(word)) continue;
    words.push(word.replace(/\*$/, ""));
  }
  return words.filter((word) => word.length > 0);
}

function markPattern(words: string[]): RegExp | null {
  if (words.length === 0) return null;
  return new RegExp(`(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "gi");
}

/** Text with the matches marked. */
function marked(text: string, pattern: RegExp | null): React.ReactNode {
  if (!pattern) return text;
  return text.split(pattern).map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part));
}
