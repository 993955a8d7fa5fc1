/** Sizes a canvas for the device's pixels and gives a context in CSS pixels. */
export function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio || 1;
  const [deviceWidth, deviceHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== deviceWidth || canvas.height !== deviceHeight) {
    canvas.width = deviceWidth;
    canvas.height = deviceHeight;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  // One device pixel: thicker strokes are twenty times slower in software raster.
  context.lineWidth = 1 / ratio;
  context.font = "11px Inter, system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Arial, sans-serif";
  return context;
}

/** The middle of a device pixel near `value`, so that a hairline is sharp. */
export function crisp(value: number): number {
  const ratio = window.devicePixelRatio || 1;
  return (Math.floor(value * ratio) + 0.5) / ratio;
}

/** Round values between zero (or `low`) and `high`, at most `count` steps. */
export function valueTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + step * 1e-6; tick += step) ticks.push(Math.abs(tick) < step * 1e-9 ? 0 : tick);
  return ticks;
}

/** The top of an axis: the next round value. */
export function roundUp(value: number, count = 4): number {
  if (!(value > 0)) return 1;
  const ticks = valueTicks(0, value, count);
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : value;
  return Math.ceil(value / step - 1e-9) * step;
}

/** Fills a rectangle with diagonal lines: partial, unread or overflowing data. */
export function hatch(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, colour: string): void {
  if (width <= 0 || height <= 0) return;
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = colour;
  context.globalAlpha = 0.55;
  context.beginPath();
  for (let offset = -height; offset < width; offset += 6) {
    context.moveTo(x + offset, y + height);
    context.lineTo(x + offset + height, y);
  }
  context.stroke();
  context.restore();
}
