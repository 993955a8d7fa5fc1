import { nameHash } from "./colours";
import { readPreference, writePreference } from "./preferences";

/** A width that a person may change: pixels, remembered by this browser. */
export interface Size {
  name: string;
  initial: number;
  least: number;
  most: number;
}

/** The panels and columns whose width can be changed. */
export const sizes = {
  facets: { name: "facets", initial: 232, least: 160, most: 480 },
  detail: { name: "detail", initial: 440, least: 320, most: 960 },
  spanName: { name: "span-name", initial: 380, least: 160, most: 900 },
  service: { name: "log-service", initial: 132, least: 72, most: 400 },
} as const;

/** The width of a log column that a person added. */
export function columnSize(field: string): Size {
  return { name: `column-${nameHash(field).toString(36)}`, initial: 160, least: 64, most: 800 };
}

/** The width as a value for a style: the custom property of the document, else the initial width. */
export function sizeValue(size: Size): string {
  return `var(--size-${size.name}, ${size.initial}px)`;
}

/** A width inside its limits. */
export function limited(size: Size, pixels: number): number {
  return Math.round(Math.max(size.least, Math.min(size.most, pixels)));
}

/** The width in force. */
export function currentSize(size: Size): number {
  const stored = Number(readPreference(`size.${size.name}`) ?? NaN);
  return Number.isFinite(stored) ? limited(size, stored) : size.initial;
}

/** Shows a width without remembering it: a custom property, so that nothing renders while a separator is dragged. */
export function showSize(size: Size, pixels: number): void {
  document.documentElement.style.setProperty(`--size-${size.name}`, `${limited(size, pixels)}px`);
}

/** Shows a width and remembers it. */
export function keepSize(size: Size, pixels: number): void {
  showSize(size, pixels);
  writePreference(`size.${size.name}`, String(limited(size, pixels)));
}
