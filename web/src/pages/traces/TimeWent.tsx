import { useMemo, useState } from "react";
import { duration, groupedCount, percentage } from "../../core/format";
import { TraceSkeleton } from "../../core/model";
import { ServiceName } from "../../ui/controls";
import { GridCell, HeaderCell, VirtualGrid } from "../../ui/VirtualGrid";
import { timeShares, Tree } from "./tree";

/** Self time by service and operation; the row that the trace's duration waited for most stands first. */
export function TimeWent({ trace, tree, slots, onOpen }: { trace: TraceSkeleton; tree: Tree; slots: Map<string, number>; onOpen: (service: number, name: number) => void }): JSX.Element {
  const shares = useMemo(() => timeShares(trace, tree), [trace, tree]);
  const [active, setActive] = useState(0);
  const allSelf = shares.reduce((sum, share) => sum + share.selfTime, 0);
  const most = Math.max(1, ...shares.map((share) => share.selfTime));
  return (
    <div className="grid-place">
      <VirtualGrid className="time-grid" label="Where time went" rowCount={shares.length} rowHeight={28} rowKey={(row) => `${shares[row].service}/${shares[row].name}`} active={active} onActive={setActive}
        onOpen={(row) => onOpen(shares[row].service, shares[row].name)}
        header={<><HeaderCell className="service">Service</HeaderCell><HeaderCell className="name">Operation</HeaderCell><HeaderCell className="number">Spans</HeaderCell><HeaderCell className="number">On the critical path</HeaderCell><HeaderCell className="duration">Self time</HeaderCell><HeaderCell className="number">Share</HeaderCell></>}
        renderRow={(row) => {
          const share = shares[row];
          const service = trace.services[share.service];
          return (
            <>
              <GridCell className="service"><ServiceName name={service} slot={slots.get(service)} /></GridCell>
              <GridCell className="name"><span className="cut">{trace.names[share.name]}</span>{share.errors > 0 ? <span className="error"> ✕ {share.errors}</span> : null}</GridCell>
              <GridCell className="number">{groupedCount(share.count)}</GridCell>
              <GridCell className="number">{trace.duration > 0 ? percentage(share.critical / trace.duration) : "–"}</GridCell>
              <GridCell className="duration"><span className="bar" style={{ width: `${(100 * share.selfTime) / most}%` }} aria-hidden="true" /><span>{duration(share.selfTime)}</span></GridCell>
              <GridCell className="number">{allSelf > 0 ? percentage(share.selfTime / allSelf) : "–"}</GridCell>
            </>
          );
        }} />
    </div>
  );
}
