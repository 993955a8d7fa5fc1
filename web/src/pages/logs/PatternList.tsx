import { useMemo, useState } from "react";
import { useJSON } from "../../core/answers";
import { groupedCount, percentage } from "../../core/format";
import { navigate, TimeWindow } from "../../core/router";
import { compatiblePath } from "../../query/sources";
import { stepsOf } from "../../query/steps";
import { parseView } from "../../core/url";
import { EmptyPanel, ErrorPanel } from "../../ui/states";
import { GridCell, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";
import { Sparkline } from "../../viz/Sparkline";
import { countOf, countsAt, LinePattern, narrowedTo, piecesOfPattern } from "./patterns";

/** Points of a pattern's line. */
const points = 40;

/** What the newest lines of a query have in common: a row for each pattern, from which its lines, or all others, are one step. */
export function PatternList({ query, window }: { query: string; window: TimeWindow }): JSX.Element {
  const steps = useMemo(() => stepsOf(parseView("logs", ""), window, points), [window.from, window.to]);
  const { data, error, stale, loading } = useJSON<{ data: LinePattern[] }>(compatiblePath("loki/api/v1/patterns", [["query", query], ["start", `${Math.floor(window.from)}000000`], ["end", `${Math.ceil(window.to)}000000`], ["step", `${steps.step}s`]]));
  const [active, setActive] = useState(-1);
  const rows = useMemo(() => (data?.data ?? []).map((pattern) => ({ ...pattern, count: countOf(pattern) })).sort((a, b) => b.count - a.count), [data]);
  const counts = useMemo(() => rows.map((row) => countsAt(row, steps)), [rows]);
  const all = rows.reduce((sum, row) => sum + row.count, 0);
  const most = rows[0]?.count ?? 1;
  const narrow = (row: number, excluded: boolean): void => {
    if (rows[row]) navigate({ query: narrowedTo(query, rows[row].pattern, excluded), extra: excluded ? {} : { tab: null } });
  };
  if (error) return <ErrorPanel error={error} what="The patterns could not be found" />;
  if (data !== null && rows.length === 0 && !loading) return <EmptyPanel signal="logs"><p className="note">A pattern is what two lines at least have in common.</p></EmptyPanel>;
  return (
    <>
      <p className="note" role="status">{data ? `${groupedCount(rows.length)} ${rows.length === 1 ? "pattern" : "patterns"} in ${groupedCount(all)} of the newest lines` : " "}</p>
      <div className={`grid-place ${stale ? "stale" : ""}`}>
        <VirtualGrid className="pattern-grid" label="Patterns" rowCount={rows.length} rowHeight={28} rowKey={(row) => rows[row]?.pattern ?? row} active={active} onActive={setActive}
          onOpen={(row) => narrow(row, (globalThis.event as KeyboardEvent | MouseEvent | undefined)?.shiftKey ?? false)}
          header={<><HeaderCell className="number">Lines</HeaderCell><HeaderCell className="duration">Share</HeaderCell><HeaderCell className="trend">Over time</HeaderCell><HeaderCell className="name">Pattern</HeaderCell></>}
          renderRow={(row) => {
            const { pattern, count } = rows[row];
            return (
              <>
                <GridCell className="number">{groupedCount(count)}</GridCell>
                <GridCell className="duration"><span className="bar" style={{ width: `${(100 * count) / most}%` }} aria-hidden="true" /><span>{percentage(count / all)}</span></GridCell>
                <GridCell className="trend"><Sparkline values={counts[row]} colour="t2" /></GridCell>
                <GridCell className="name" title={pattern}>
                  <span className="cut">{piecesOfPattern(pattern).map((piece, index) => (piece.isSlot ? <i key={index} className="slot">⟨∗⟩</i> : <span key={index}>{piece.text}</span>))}</span>
                  <span className="row-actions">
                    <RowAction title="Lines of this pattern  Enter" onClick={() => narrow(row, false)}>Only</RowAction>
                    <RowAction title="All lines but those of this pattern  Shift+Enter" onClick={() => narrow(row, true)}>Exclude</RowAction>
                  </span>
                </GridCell>
              </>
            );
          }} />
      </div>
    </>
  );
}

/** What the mouse does in a row; the keys do the same, so that it is no stop of the Tab key. */
function RowAction({ title, onClick, children }: { title: string; onClick: () => void; children: string }): JSX.Element {
  return (
    <button type="button" tabIndex={-1} className="button quiet" title={title} onClick={(event) => {
      event.stopPropagation();
      onClick();
    }}>{children}</button>
  );
}
