import { memo, useLayoutEffect, useRef } from "react";
import { theme as themeStore } from "../core/preferences";
import { useStore } from "../core/store";
import { prepare } from "./canvas";
import { paintColour } from "./Plot";

/** A small line of recent values; the number beside it says the same, so it is hidden from screen readers. */
export const Sparkline = memo(function Sparkline({ values, colour, width = 84, height = 18 }: { values: (number | null)[] | undefined; colour: string; width?: number; height?: number }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useStore(themeStore);
  useLayoutEffect(() => {
    const context = canvas.current && prepare(canvas.current, width, height);
    if (!context || !values) return;
    const high = Math.max(1e-12, ...values.map((value) => value ?? 0));
    const x = (index: number): number => 1 + (index * (width - 2)) / Math.max(1, values.length - 1);
    const y = (value: number): number => height - 1.5 - (value / high) * (height - 4);
    const colourNow = paintColour(colour, theme);
    context.fillStyle = colourNow;
    context.strokeStyle = colourNow;
    context.globalAlpha = 0.14;
    values.forEach((value, index) => {
      if (value) context.fillRect(x(index) - (width - 2) / values.length / 2, y(value), (width - 2) / values.length, height - 1.5 - y(value));
    });
    context.globalAlpha = 1;
    context.beginPath();
    let drawing = false;
    values.forEach((value, index) => {
      if (value === null || value === undefined) {
        drawing = false;
        return;
      }
      if (drawing) context.lineTo(x(index), y(value));
      else context.moveTo(x(index), y(value));
      drawing = true;
    });
    context.stroke();
  }, [values, colour, width, height, theme]);
  return <canvas ref={canvas} className="sparkline" aria-hidden="true" />;
});
