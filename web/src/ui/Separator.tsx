import { useLayoutEffect, useRef, useState } from "react";
import { currentSize, keepSize, limited, showSize, Size } from "../core/sizes";

/** Pixels that an arrow key moves; with Shift four times as many. */
const keyStep = 16;

/** The edge of a panel or column that can be moved by pointer and keyboard; the width is remembered. A double click takes the initial one. */
export function Separator({ size, label, panelIsAfter = false, className = "" }: {
  size: Size;
  label: string;
  /** The panel that changes lies behind the separator: moving left makes it wider. */
  panelIsAfter?: boolean;
  className?: string;
}): JSX.Element {
  const [width, setWidth] = useState(() => currentSize(size));
  const drag = useRef<{ x: number; width: number; latest: number } | null>(null);
  useLayoutEffect(() => showSize(size, currentSize(size)), [size.name]);
  const keep = (pixels: number): void => {
    keepSize(size, pixels);
    setWidth(limited(size, pixels));
  };
  const sign = panelIsAfter ? -1 : 1;
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={size.least}
      aria-valuemax={size.most}
      tabIndex={0}
      title={`${label}: drag, or arrow keys; double click for the initial width`}
      className={`separator ${className}`}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={() => keep(size.initial)}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        event.currentTarget.focus();
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, width: currentSize(size), latest: currentSize(size) };
      }}
      onPointerMove={(event) => {
        const held = drag.current;
        if (!held) return;
        held.latest = held.width + sign * (event.clientX - held.x);
        showSize(size, held.latest);
      }}
      onPointerUp={() => {
        if (drag.current) keep(drag.current.latest);
        drag.current = null;
      }}
      onPointerCancel={() => {
        if (drag.current) showSize(size, drag.current.width);
        drag.current = null;
      }}
      onKeyDown={(event) => {
        const step = keyStep * (event.shiftKey ? 4 : 1);
        const moves: Record<string, number> = { ArrowLeft: width - sign * step, ArrowRight: width + sign * step, Home: size.least, End: size.most, Enter: size.initial };
        if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in moves)) return;
        event.preventDefault();
        event.stopPropagation();
        keep(moves[event.key]);
      }}
    />
  );
}
