import { useEffect, useRef, useState } from "react";
import { defaultColumns } from "../../context/columns";
import { pathOf } from "../../context/question";
import { useStream } from "../../core/streams";
import { useKeys } from "../../core/keys";
import { LogRecord, TraceSkeleton } from "../../core/model";
import { millisecondsOf } from "../../core/time";
import { sizes } from "../../core/sizes";
import { Separator } from "../../ui/Separator";
import { ErrorPanel } from "../../ui/states";
import { GridHandle } from "../../ui/VirtualGrid";
import { LogDetail } from "../logs/LogDetail";
import { LogGrid } from "../logs/LogGrid";

const noWords: string[] = [];

/** The log records of a trace, oldest first. */
export function TraceLogs({ trace }: { trace: TraceSkeleton }): JSX.Element {
  const begin = millisecondsOf(trace.start);
  const answer = useStream<LogRecord>(pathOf("logs", [["from", String(Math.floor(begin - 3e5))], ["to", String(Math.ceil(begin + trace.duration / 1e6 + 3e5))], ["f", `trace_id:eq:${trace.trace_id}`], ["order", "asc"], ["limit", "1000"]]));
  const [active, setActive] = useState(-1);
  const [opened, setOpened] = useState<string | null>(null);
  const grid = useRef<GridHandle>(null);
  const some = answer.rows.length > 0;
  useEffect(() => {
    if (some) grid.current?.focus();
  }, [some]);
  const close = (): void => {
    setOpened(null);
    grid.current?.focus();
  };
  useKeys([{ keys: "Escape", label: "Close the detail", group: "This page", when: () => opened !== null, run: close }]);
  if (answer.error) return <ErrorPanel error={answer.error} what="The logs could not be read" />;
  if (!answer.loading && !some) return <div className="state-panel"><strong>No log record carries this trace's id</strong><p>Log records are linked when the logging library writes trace_id and span_id, as the OpenTelemetry SDKs do.</p></div>;
  return (
    <div className={`columns ${opened ? "with-detail" : ""}`}>
      <div className="grid-place">
        <LogGrid ref={grid} label="Log lines of this trace" rows={answer.rows} active={active} onActive={(row) => {
          setActive(row);
          if (opened !== null && answer.rows[row]) setOpened(answer.rows[row].id);
        }} onOpen={(row) => setOpened(answer.rows[row]?.id ?? null)} columns={defaultColumns} words={noWords} wrapped={false} long={false}
        footer={answer.end?.status === "limited" ? <div className="grid-footer note">first 1,000 lines shown</div> : null} />
      </div>
      {opened ? <><Separator size={sizes.detail} label="Width of the detail" panelIsAfter /><LogDetail id={opened} known={answer.rows.find((row) => row.id === opened) ?? null} onClose={close} onShow={(record) => setOpened(record.id)} /></> : null}
    </div>
  );
}
