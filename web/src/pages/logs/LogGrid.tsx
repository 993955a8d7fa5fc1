import { forwardRef, memo, useMemo } from "react";
import { valueText } from "../../core/format";
import { LogRecord, severityOf } from "../../core/model";
import { clockTime, dayAndTime, millisecondsOf } from "../../core/time";
import { ServiceName } from "../../ui/controls";
import { GridCell, GridHandle, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";

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
}

/** Log lines: time, severity, service, body with attributes behind it. */
export const LogGrid = memo(forwardRef<GridHandle, LogGridProps>(function LogGrid(props, handle) {
  const { rows, words } = props;
  const pattern = useMemo(() => markPattern(words), [words]);
  const header = useMemo(() => (
    <>
      <HeaderCell className="time">Time</HeaderCell>
      <HeaderCell className="severity">Severity</HeaderCell>
      <HeaderCell className="service">Service</HeaderCell>
      <HeaderCell className="line">Line</HeaderCell>
    </>
  ), []);
  return (
    <VirtualGrid
      ref={handle}
      className={`log-grid ${props.long ? "long" : ""}`}
      label={props.label}
      header={header}
      rowCount={rows.length}
      rowHeight={24}
      rowKey={(row) => rows[row]?.id ?? row}
      rowClass={(row) => `severity-${severityOf(rows[row]?.severity)?.name ?? "unset"}`}
      active={props.active}
      onActive={props.onActive}
      onOpen={props.onOpen}
      onScroll={props.onScroll}
      autoHeight={props.wrapped}
      footer={props.footer}
      fromEnd={props.fromEnd}
      renderRow={(row) => <LogLine record={rows[row]} pattern={pattern} long={props.long} />}
    />
  );
}));

const LogLine = memo(function LogLine({ record, pattern, long }: { record: LogRecord; pattern: RegExp | null; long: boolean }): JSX.Element {
  const time = millisecondsOf(record.time);
  const severity = severityOf(record.severity);
  const body = valueText(record.body) || record.event_name || "";
  return (
    <>
      <GridCell className="time">{long ? dayAndTime(time, "millisecond") : clockTime(time)}</GridCell>
      <GridCell className="severity">{severity ? <><span aria-hidden="true">{severity.shape}</span> {severity.word}</> : record.severity_text ?? "–"}</GridCell>
      <GridCell className="service"><ServiceName name={record.service} /></GridCell>
      <GridCell className="line">
        <span className="body">{marked(body.slice(0, lineLimit), pattern)}</span>
        {body.length > lineLimit ? <span className="more"> … {Math.round(body.length / 1000)} k characters</span> : null}
        <span className="attributes">{attributeLine(record)}</span>
      </GridCell>
    </>
  );
});

function attributeLine(record: LogRecord): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(record.attributes ?? {})) {
    if (parts.length >= 10) break;
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
