import { ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Theme, theme as themeStore } from "../core/preferences";
import { slots, tokens } from "../core/colours";
import { useStore } from "../core/store";
import { dayAndTime, tickText, timeTicks } from "../core/time";
import { useWidth } from "../ui/controls";
import { crisp, hatch, prepare, valueTicks } from "./canvas";
import { TimeWindow } from "../core/router";

/** Where the drawing area is and how time and values map to it. */
export interface Geometry {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  x: (milliseconds: number) => number;
  time: (x: number) => number;
  y: (value: number) => number;
}

/** What the crosshair says at one time. */
export interface Readout {
  time: number;
  rows: { name: string; value: string; colour?: string }[];
}

/** The same numbers as a table. */
export interface TableTwin {
  columns: string[];
  rows: string[][];
}

interface PlotProps {
  /** One sentence with what the chart shows. */
  sentence: string;
  window: TimeWindow;
  height: number;
  top: number;
  format: (value: number) => string;
  /** Draws the data; called when data, size or theme change, never for a move of the pointer. */
  paint: (context: CanvasRenderingContext2D, geometry: Geometry, theme: Theme) => void;
  /** Draws over the data at the crosshair. */
  paintOver?: (context: CanvasRenderingContext2D, geometry: Geometry, time: number | null, theme: Theme) => void;
  readout: (time: number) => Readout | null;
  /** Milliseconds that an arrow key moves. */
  step: number;
  table: () => TableTwin;
  onBrush?: (window: TimeWindow) => void;
  selection?: TimeWindow | null;
  hatched?: TimeWindow[];
  stale?: boolean;
  left?: number;
  onPick?: (time: number, x: number, y: number, geometry: Geometry) => boolean;
  children?: ReactNode;
}

/** Charts of one page share the crosshair. */
const crosshairs = new Set<(time: number | null) => void>();
let crosshairTime: number | null = null;

function moveCrosshair(time: number | null): void {
  if (time === crosshairTime) return;
  crosshairTime = time;
  crosshairs.forEach((listener) => listener(time));
}

/**
 * The frame of a chart over time: axes, crosshair, brush, keyboard, table twin.
 *
 * Two canvases: the data below, crosshair and brush above, so that a move of the pointer redraws no data and renders nothing in React.
 */
export function Plot(props: PlotProps): JSX.Element {
  const { window: range, height } = props;
  const theme = useStore(themeStore);
  const [host, width] = useWidth<HTMLDivElement>();
  const below = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const [asTable, setAsTable] = useState(false);
  const [spoken, setSpoken] = useState("");
  const left = props.left ?? 52;
  const geometry = useMemo<Geometry>(() => {
    const [right, top, bottom] = [Math.max(left + 1, width - 8), 8, height - 20];
    const scale = (right - left) / Math.max(1, range.to - range.from);
    return {
      width, height, left, right, top, bottom,
      x: (time) => left + (time - range.from) * scale,
      time: (x) => range.from + (x - left) / scale,
      y: (value) => bottom - (value / props.top) * (bottom - top),
    };
  }, [width, height, left, range.from, range.to, props.top]);
  const latest = useRef({ props, geometry, theme });
  latest.current = { props, geometry, theme };
  const state = useRef<{ cursor: number | null; anchor: number | null; dragging: boolean; hovered: boolean }>({ cursor: null, anchor: null, dragging: false, hovered: false });

  const paintAbove = (): void => {
    const { props: now, geometry: area, theme: colours } = latest.current;
    if (!above.current || area.width === 0) return;
    const context = prepare(above.current, area.width, area.height);
    if (!context) return;
    const { cursor, anchor } = state.current;
    const brush = anchor !== null && cursor !== null ? { from: Math.min(anchor, cursor), to: Math.max(anchor, cursor) } : now.selection;
    if (brush) {
      const [x1, x2] = [Math.max(area.left, area.x(brush.from)), Math.min(area.right, area.x(brush.to))];
      context.fillStyle = tokens[colours].accent;
      context.globalAlpha = 0.16;
      context.fillRect(x1, area.top, Math.max(1, x2 - x1), area.bottom - area.top);
      context.globalAlpha = 1;
      context.strokeStyle = tokens[colours].accent;
      context.beginPath();
      for (const x of [x1, x2]) {
        context.moveTo(crisp(x), area.top);
        context.lineTo(crisp(x), area.bottom);
      }
      context.stroke();
    }
    now.paintOver?.(context, area, crosshairTime, colours);
    if (crosshairTime === null || crosshairTime < range.from || crosshairTime > range.to) return;
    context.strokeStyle = tokens[colours].t2;
    context.beginPath();
    context.moveTo(crisp(area.x(crosshairTime)), area.top);
    context.lineTo(crisp(area.x(crosshairTime)), area.bottom);
    context.stroke();
  };

  const paintTip = (): void => {
    const { props: now, geometry: area } = latest.current;
    const box = tip.current;
    if (!box) return;
    const said = state.current.hovered && crosshairTime !== null ? now.readout(crosshairTime) : null;
    box.hidden = said === null;
    if (!said) return;
    box.replaceChildren(...[line("time", dayAndTime(said.time), "")], ...said.rows.map((row) => line("row", row.name, row.value, row.colour)));
    const x = area.x(crosshairTime ?? range.from);
    box.style.transform = `translate(${Math.round(x > area.width / 2 ? x - box.offsetWidth - 12 : x + 12)}px, ${area.top}px)`;
  };

  useLayoutEffect(() => {
    if (!below.current || width === 0 || asTable) return;
    const context = prepare(below.current, width, height);
    if (!context) return;
    paintAxes(context, geometry, props, theme);
    context.save();
    context.beginPath();
    context.rect(geometry.left, geometry.top - 2, geometry.right - geometry.left, geometry.bottom - geometry.top + 2);
    context.clip();
    props.paint(context, geometry, theme);
    for (const part of props.hatched ?? []) {
      const x = Math.max(geometry.left, geometry.x(part.from));
      hatch(context, x, geometry.top, Math.min(geometry.right, geometry.x(part.to)) - x, geometry.bottom - geometry.top, tokens[theme].control);
    }
    context.restore();
    paintAbove();
  });

  useEffect(() => {
    const listener = (): void => {
      paintAbove();
      paintTip();
    };
    crosshairs.add(listener);
    return () => {
      crosshairs.delete(listener);
    };
  }, []);

  const at = (event: React.PointerEvent): number => {
    const x = event.clientX - (above.current?.getBoundingClientRect().left ?? 0);
    return geometry.time(Math.max(geometry.left, Math.min(geometry.right, x)));
  };
  const finish = (): void => {
    const { cursor, anchor } = state.current;
    state.current.anchor = null;
    if (cursor !== null && anchor !== null && Math.abs(geometry.x(cursor) - geometry.x(anchor)) > 3) {
      props.onBrush?.({ from: Math.floor(Math.min(cursor, anchor)), to: Math.ceil(Math.max(cursor, anchor)) });
    }
    paintAbove();
  };
  const say = (time: number): void => {
    const said = props.readout(time);
    setSpoken(said ? `${dayAndTime(said.time)}: ${said.rows.slice(0, 6).map((row) => `${row.name} ${row.value}`).join(", ")}` : "");
  };
  const keys = (event: React.KeyboardEvent): void => {
    if (event.altKey && event.key.toLowerCase() === "t") {
      event.preventDefault();
      setAsTable(!asTable);
      return;
    }
    if (asTable || event.ctrlKey || event.metaKey) return;
    const from = state.current.cursor ?? (range.from + range.to) / 2;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      event.stopPropagation();
      const next = Math.max(range.from, Math.min(range.to, from + (event.key === "ArrowLeft" ? -props.step : props.step)));
      if (event.shiftKey && props.onBrush) state.current.anchor ??= from;
      else state.current.anchor = null;
      state.current.cursor = next;
      state.current.hovered = true;
      moveCrosshair(next);
      say(next);
    } else if (event.key === "Enter" && state.current.anchor !== null) {
      event.preventDefault();
      event.stopPropagation();
      finish();
    } else if (event.key === "Escape" && (state.current.anchor !== null || crosshairTime !== null)) {
      event.preventDefault();
      event.stopPropagation();
      state.current.anchor = null;
      state.current.cursor = null;
      moveCrosshair(null);
    }
  };
  return (
    <div ref={host} className={`plot ${props.stale ? "stale" : ""}`} role="figure" aria-label={props.sentence} tabIndex={0} onKeyDown={keys}
      onBlur={(event) => {
        if (event.target !== event.currentTarget) return;
        state.current.hovered = false;
        moveCrosshair(null);
      }}
      title={undefined}>
      {asTable ? <Twin twin={props.table()} onClose={() => setAsTable(false)} height={height} /> : (
        <div className="plot-area" style={{ height }}>
          <canvas ref={below} aria-hidden="true" />
          <canvas
            ref={above}
            className="over"
            aria-hidden="true"
            onPointerDown={(event) => {
              if (event.button !== 0) return;
              const box = event.currentTarget.getBoundingClientRect();
              if (props.onPick?.(at(event), event.clientX - box.left, event.clientY - box.top, geometry)) return;
              if (!props.onBrush) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              state.current.anchor = at(event);
              state.current.dragging = true;
            }}
            onPointerMove={(event) => {
              state.current.cursor = at(event);
              state.current.hovered = true;
              moveCrosshair(state.current.cursor);
              paintAbove();
            }}
            onPointerUp={() => {
              state.current.dragging = false;
              finish();
            }}
            onPointerLeave={() => {
              if (state.current.dragging) return;
              state.current.hovered = false;
              state.current.cursor = null;
              moveCrosshair(null);
            }}
          />
          <div ref={tip} className="plot-tip" hidden aria-hidden="true" />
          {props.children}
        </div>
      )}
      <div className="off-screen" aria-live="polite">{spoken}</div>
    </div>
  );
}

function line(kind: string, name: string, value: string, colour?: string): HTMLElement {
  const row = document.createElement("div");
  row.className = kind;
  if (colour) {
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.setProperty("--swatch", colour);
    row.append(swatch);
  }
  const label = document.createElement("span");
  label.textContent = name;
  const number = document.createElement("b");
  number.textContent = value;
  row.append(label, number);
  return row;
}

/** Colour of a slot or a token in the theme on display. */
export function paintColour(name: string, theme: Theme): string {
  return name.startsWith("slot") ? slots[theme][Number(name.slice(4))] : name.startsWith("#") ? name : tokens[theme][name];
}

function paintAxes(context: CanvasRenderingContext2D, area: Geometry, props: PlotProps, theme: Theme): void {
  const colours = tokens[theme];
  context.textBaseline = "middle";
  context.textAlign = "right";
  const ticks = valueTicks(0, props.top, props.height < 120 ? 2 : 4);
  for (const tick of ticks) {
    const y = area.y(tick);
    context.strokeStyle = colours.line;
    context.beginPath();
    context.moveTo(area.left, crisp(y));
    context.lineTo(area.right, crisp(y));
    context.stroke();
    context.fillStyle = colours.t3;
    context.fillText(props.format(tick), area.left - 6, y);
  }
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  const span = props.window.to - props.window.from;
  for (const tick of timeTicks(props.window.from, props.window.to, Math.max(2, Math.floor((area.right - area.left) / 84)))) {
    const x = area.x(tick);
    context.strokeStyle = colours.line;
    context.beginPath();
    context.moveTo(crisp(x), area.bottom);
    context.lineTo(crisp(x), area.bottom + 4);
    context.stroke();
    context.fillStyle = colours.t3;
    const text = tickText(tick, span);
    const half = context.measureText(text).width / 2;
    if (x + half < area.width && x - half > 0) context.fillText(text, x, area.height - 4);
  }
}

/** A chart's numbers as a table. */
export function Twin({ twin, onClose, height }: { twin: TableTwin; onClose: () => void; height: number }): JSX.Element {
  return (
    <div className="twin" style={{ maxHeight: Math.max(200, height) }} tabIndex={0} role="group" aria-label="Values as a table">
      <button type="button" className="button quiet" onClick={onClose}>Back to the chart <kbd>Alt+T</kbd></button>
      <table>
        <thead><tr>{twin.columns.map((column) => <th key={column} scope="col">{column}</th>)}</tr></thead>
        <tbody>{twin.rows.map((row, index) => <tr key={index}>{row.map((cell, column) => (column === 0 ? <th key={column} scope="row">{cell}</th> : <td key={column}>{cell}</td>))}</tr>)}</tbody>
      </table>
    </div>
  );
}
