import { useLayoutEffect, useMemo, useRef } from "react";
import { slotStroke, tokens } from "../core/colours";
import { serviceSlots } from "../core/serviceSlots";
import { TraceSkeleton } from "../core/model";
import { theme as themeStore } from "../core/preferences";
import { useStore } from "../core/store";
import { useWidth } from "../ui/controls";
import { crisp, prepare } from "./canvas";

/** A whole trace in a strip: each span a line in its service's colour; a part of the time may be brushed. */
export function Minimap({ trace, height, zoom, onZoom, mark, spanID }: {
  trace: TraceSkeleton;
  height: number;
  /** Shares of the trace's duration. */
  zoom: [number, number] | null;
  onZoom?: (zoom: [number, number] | null) => void;
  /** Nanoseconds from the trace's start. */
  mark?: number | null;
  spanID?: string;
}): JSX.Element {
  const theme = useStore(themeStore);
  const [host, width] = useWidth<HTMLDivElement>();
  const below = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const drag = useRef<{ from: number; to: number } | null>(null);
  const slots = useMemo(() => serviceSlots(trace.services), [trace]);

  useLayoutEffect(() => {
    const context = below.current && width > 0 && prepare(below.current, width, height);
    if (!context) return;
    const { start, duration, service, status, id } = trace.spans;
    const scale = width / Math.max(1, trace.duration);
    const rowHeight = Math.min(4, (height - 4) / id.length);
    const thick = Math.max(1, rowHeight - (rowHeight > 2.5 ? 1 : 0));
    const colours = trace.services.map((name) => slotStroke(slots.get(name) ?? -1, theme).colour);
    for (let index = 0; index < id.length; index += 1) {
      context.fillStyle = status[index] === 2 ? tokens[theme].error : colours[service[index]];
      context.fillRect(start[index] * scale, 2 + index * rowHeight, Math.max(1, duration[index] * scale), thick);
    }
  }, [trace, width, height, theme, slots]);
  useLayoutEffect(() => paintOver());
  const paintOver = (): void => {
    const context = above.current && width > 0 && prepare(above.current, width, height);
    if (!context) return;
    paintMarks(context);
    const part = drag.current ? ([drag.current.from / width, drag.current.to / width].sort((a, b) => a - b) as [number, number]) : zoom;
    if (!part) return;
    context.fillStyle = tokens[theme].bg;
    context.globalAlpha = 0.65;
    context.fillRect(0, 0, part[0] * width, height);
    context.fillRect(part[1] * width, 0, width, height);
    context.globalAlpha = 1;
    context.strokeStyle = tokens[theme].accent;
    context.beginPath();
    for (const x of [part[0] * width, part[1] * width - 1]) {
      context.moveTo(crisp(x), 0);
      context.lineTo(crisp(x), height);
    }
    context.stroke();
  };
  const paintMarks = (context: CanvasRenderingContext2D): void => {
    const { start, duration, id } = trace.spans;
    const scale = width / Math.max(1, trace.duration);
    const rowHeight = Math.min(4, (height - 4) / id.length);
    const index = spanID === undefined ? -1 : id.indexOf(spanID);
    if (index >= 0) {
      context.strokeStyle = tokens[theme].t1;
      context.strokeRect(crisp(start[index] * scale) - 1, crisp(2 + index * rowHeight) - 2, Math.max(2, duration[index] * scale) + 2, Math.max(4, rowHeight + 2));
    }
    if (mark !== null && mark !== undefined) {
      context.save();
      context.strokeStyle = tokens[theme].accent;
      context.lineWidth = 2;
      context.beginPath();
      context.moveTo(mark * scale, 0);
      context.lineTo(mark * scale, height);
      context.stroke();
      context.restore();
    }
  };
  const place = (event: React.PointerEvent): number => Math.max(0, Math.min(width, event.clientX - event.currentTarget.getBoundingClientRect().left));
  return (
    <div ref={host} className="minimap" style={{ height }}>
      <canvas ref={below} aria-hidden="true" />
      <canvas ref={above} className="over" aria-hidden="true"
        onPointerDown={(event) => {
          if (!onZoom || event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { from: place(event), to: place(event) };
        }}
        onPointerMove={(event) => {
          if (!drag.current) return;
          drag.current.to = place(event);
          paintOver();
        }}
        onPointerUp={() => {
          const done = drag.current;
          drag.current = null;
          if (!done || !onZoom) return;
          const part = [done.from / width, done.to / width].sort((a, b) => a - b) as [number, number];
          onZoom(part[1] - part[0] < 0.004 ? null : part);
          paintOver();
        }}
      />
    </div>
  );
}
