import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { contrast, slotStroke, tokens } from "../../core/colours";
import { duration, groupedCount } from "../../core/format";
import { TraceSkeleton } from "../../core/model";
import { Theme, theme as themeStore } from "../../core/preferences";
import { useStore } from "../../core/store";
import { useWidth } from "../../ui/controls";
import { hatch, prepare } from "../../viz/canvas";
import { layOutFlame, neighbour, spanAt } from "./flameLayout";
import { Tree } from "./tree";

const rowHeight = 20;

/** Narrower bars than this carry no text. */
const textFrom = 36;

interface FlameProps {
  trace: TraceSkeleton;
  tree: Tree;
  slots: Map<string, number>;
  /** The span with the cursor; -1 without one. */
  active: number;
  matches: ReadonlySet<number> | null;
  critical: boolean;
  zoomFrom: number;
  zoomTo: number;
  onActive: (span: number) => void;
  onOpen: () => void;
}

/** A trace as a flame graph on one canvas of the visible part: fifty thousand spans cost what is in sight. The waterfall has the same as a tree. */
export function Flame({ trace, tree, slots, active, matches, critical, zoomFrom, zoomTo, onActive, onOpen }: FlameProps): JSX.Element {
  const theme = useStore(themeStore);
  const layout = useMemo(() => layOutFlame(trace), [trace]);
  const [scroller, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const [spoken, setSpoken] = useState("");
  const from = zoomFrom * trace.duration;
  const span = Math.max(1, (zoomTo - zoomFrom) * trace.duration);
  const words = (index: number): string => `${trace.services[trace.spans.service[index]]} ${trace.names[trace.spans.name[index]]}, ${duration(trace.spans.duration[index])}${trace.spans.status[index] === 2 ? ", error" : ""}`;

  const paint = (): void => {
    const element = scroller.current;
    if (!element || !canvas.current || width === 0) return;
    const height = element.clientHeight;
    const context = prepare(canvas.current, width, height);
    if (!context) return;
    const first = Math.max(0, Math.floor(element.scrollTop / rowHeight));
    for (let row = first; row < layout.rows.length && row * rowHeight < element.scrollTop + height; row += 1) paintRow(context, row, row * rowHeight - element.scrollTop, { trace, slots, theme, layout, width, from, span, active, matches, critical });
  };
  useLayoutEffect(paint);
  useEffect(() => {
    const element = scroller.current;
    if (!element || active < 0) return;
    const top = layout.row[active] * rowHeight;
    if (top < element.scrollTop || top + rowHeight > element.scrollTop + element.clientHeight) element.scrollTop = top - element.clientHeight / 2;
  }, [active, layout]);

  const under = (event: React.MouseEvent): number => {
    const box = scroller.current?.getBoundingClientRect();
    if (!box || !scroller.current) return -1;
    return spanAt(trace, layout, Math.floor((event.clientY - box.top + scroller.current.scrollTop) / rowHeight), from + ((event.clientX - box.left) / width) * span, (2 / width) * span);
  };
  const showTip = (event: React.MouseEvent): void => {
    const index = under(event);
    const box = tip.current;
    const host = scroller.current?.getBoundingClientRect();
    if (!box || !host) return;
    box.hidden = index < 0;
    if (index < 0) return;
    box.textContent = words(index);
    const x = event.clientX - host.left;
    box.style.transform = `translate(${Math.round(x > width / 2 ? x - box.offsetWidth - 12 : x + 12)}px, ${Math.round(event.clientY - host.top + 14)}px)`;
  };
  return (
    <div className="grid-place flame-place">
      <div
        ref={scroller}
        className="flame"
        role="figure"
        tabIndex={0}
        aria-label={`Flame graph of ${groupedCount(trace.spans.id.length)} spans on ${layout.rows.length} rows. Arrow keys walk to parent, child and neighbours, Enter opens the detail; the waterfall has the same as a tree.`}
        onScroll={paint}
        onPointerMove={showTip}
        onPointerLeave={() => {
          if (tip.current) tip.current.hidden = true;
        }}
        onClick={(event) => {
          const index = under(event);
          if (index < 0) return;
          onActive(index);
          onOpen();
        }}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
          if (event.key.startsWith("Arrow")) {
            event.preventDefault();
            event.stopPropagation();
            const next = neighbour(trace, layout, tree.children, active, event.key);
            if (next < 0) return;
            onActive(next);
            setSpoken(words(next));
          } else if (event.key === "Enter" && active >= 0) {
            event.preventDefault();
            onOpen();
          }
        }}
      >
        <div className="flame-canvas"><canvas ref={canvas} aria-hidden="true" /></div>
        <div aria-hidden="true" style={{ height: Math.max(0, layout.rows.length * rowHeight) }} />
      </div>
      <div ref={tip} className="plot-tip" hidden aria-hidden="true" />
      <div className="off-screen" aria-live="polite">{spoken}</div>
    </div>
  );
}

interface PaintSetting {
  trace: TraceSkeleton;
  slots: Map<string, number>;
  theme: Theme;
  layout: ReturnType<typeof layOutFlame>;
  width: number;
  from: number;
  span: number;
  active: number;
  matches: ReadonlySet<number> | null;
  critical: boolean;
}

function paintRow(context: CanvasRenderingContext2D, row: number, top: number, { trace, slots, theme, layout, width, from, span, active, matches, critical }: PaintSetting): void {
  const { start, duration: length, service, name, status } = trace.spans;
  const scale = width / span;
  context.textBaseline = "middle";
  context.textAlign = "left";
  let painted = -Infinity;
  for (const index of layout.rows[row]) {
    const left = (start[index] - from) * scale;
    const right = left + length[index] * scale;
    if (left > width) break;
    // Bars that end inside of the pixel that is painted already would change nothing.
    if (right < 0 || (right < painted + 0.5 && status[index] !== 2 && index !== active)) continue;
    const x = Math.max(0, left);
    const wide = Math.max(1, Math.min(width, right) - x - (right - left > 4 ? 1 : 0));
    painted = x + wide;
    const slot = slots.get(trace.services[service[index]]) ?? -1;
    const { colour } = slotStroke(slot, theme);
    context.globalAlpha = (matches && !matches.has(index)) || (critical && !trace.spans.critical[index]) ? 0.25 : 1;
    context.fillStyle = colour;
    context.fillRect(x, top + 1, wide, rowHeight - 3);
    // Services beyond the eighth repeat the hues, striped.
    if (slot >= 8 && wide > 6) hatch(context, x, top + 1, wide, rowHeight - 3, tokens[theme].s1);
    if (status[index] === 2) {
      context.fillStyle = tokens[theme].error;
      context.fillRect(x, top + rowHeight - 4, wide, 3);
    }
    if (wide >= textFrom) {
      context.fillStyle = textOn(colour);
      context.save();
      context.beginPath();
      context.rect(x, top, wide - 4, rowHeight);
      context.clip();
      context.fillText(`${status[index] === 2 ? "✕ " : ""}${trace.names[name[index]]}  ${duration(length[index])}`, x + 5, top + rowHeight / 2 - 0.5);
      context.restore();
    }
    if (index === active) {
      context.globalAlpha = 1;
      context.strokeStyle = tokens[theme].t1;
      context.strokeRect(x + 0.5, top + 0.5, Math.max(2, wide - 1), rowHeight - 2);
      context.strokeRect(x + 1.5, top + 1.5, Math.max(1, wide - 3), rowHeight - 4);
    }
  }
  context.globalAlpha = 1;
}

/** Black or white, whichever reads better on a colour. */
function textOn(colour: string): string {
  return contrast(colour, "#0E1116") >= contrast(colour, "#FFFFFF") ? "#0E1116" : "#FFFFFF";
}
