import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { tokens } from "../core/colours";
import { theme as themeStore } from "../core/preferences";
import { useStore } from "../core/store";
import { prepare } from "./canvas";

/** Rows of a list that are worth a look, in one colour. */
export interface Marks {
  colour: "error" | "accent";
  rows: number[];
}

const width = 8;

/** Where errors and matches lie in a long list, drawn beside its scroll bar; a press goes there. Keys do the same, so that it is decoration. */
export function MarkStrip({ marks, rowCount, onPick }: { marks: Marks[]; rowCount: number; onPick: (row: number) => void }): JSX.Element | null {
  const canvas = useRef<HTMLCanvasElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(0);
  const theme = useStore(themeStore);
  const some = useMemo(() => marks.some((one) => one.rows.length > 0), [marks]);
  useLayoutEffect(() => {
    if (!host.current) return undefined;
    const observer = new ResizeObserver(([entry]) => setHeight(Math.floor(entry.contentRect.height)));
    observer.observe(host.current);
    return () => observer.disconnect();
  }, [some]);
  useLayoutEffect(() => {
    const context = canvas.current && height > 0 && prepare(canvas.current, width, height);
    if (!context) return;
    for (const { colour, rows } of marks) {
      context.fillStyle = tokens[theme][colour];
      for (const row of rows) context.fillRect(0, Math.min(height - 2, (row / rowCount) * height), width, 2);
    }
  }, [marks, rowCount, height, theme]);
  if (!some) return null;
  return (
    <div ref={host} className="mark-strip" aria-hidden="true" onPointerDown={(event) => {
      const box = event.currentTarget.getBoundingClientRect();
      const wanted = ((event.clientY - box.top) / box.height) * rowCount;
      const all = marks.flatMap((one) => one.rows);
      const nearest = all.reduce((best, row) => (Math.abs(row - wanted) < Math.abs(best - wanted) ? row : best), all[0]);
      event.preventDefault();
      onPick(nearest);
    }}><canvas ref={canvas} /></div>
  );
}
