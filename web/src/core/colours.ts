import type { Theme } from "./preferences";

/** Colours of text and surfaces; style.css states the same values, a unit test compares and checks their contrast. */
export const tokens: Record<Theme, Record<string, string>> = {
  dark: {
    bg: "#0E1116", s1: "#12161C", s2: "#1A2027", s3: "#232B34", line: "#2C3540", control: "#6B7787",
    t1: "#E7EAEE", t2: "#A9B3C0", t3: "#8B98A8", accent: "#7AB8FF", "on-accent": "#06121F",
    error: "#FF7B7B", warning: "#F5B84B", ok: "#5CCB8B", selected: "#16324F",
  },
  light: {
    bg: "#F5F7F9", s1: "#FFFFFF", s2: "#EEF1F4", s3: "#E2E7EC", line: "#D3DAE1", control: "#717D8A",
    t1: "#14191F", t2: "#47525F", t3: "#5A6673", accent: "#0B5CBF", "on-accent": "#FFFFFF",
    error: "#B42318", warning: "#8A5A00", ok: "#11693A", selected: "#D8E8FB",
  },
};

/** Categorical slots: blue, orange, mint, violet, yellow, magenta, slate, green. Red is kept for errors. */
export const slots: Record<Theme, string[]> = {
  dark: ["#60ABF3", "#FFAC77", "#83DDC9", "#8E6CD4", "#F3EB7B", "#B36E98", "#A2ADBB", "#47A42B"],
  light: ["#1B4A97", "#CA7D20", "#268876", "#725FC7", "#64660F", "#834377", "#363D45", "#5DA158"],
};

/** Sequential colours of the heatmap; lightness is monotone. */
export const sequential: Record<Theme, string[]> = {
  dark: ["#19273A", "#213D66", "#355695", "#6769BF", "#B774C7", "#F98E8F", "#FFC376", "#FEF1A1"],
  light: ["#E5F0FC", "#BBDDF6", "#8AC7EA", "#63AADA", "#4284C5", "#3860AC", "#2F4087", "#242356"],
};

/** A stable 32-bit hash of a name (FNV-1a). */
export function nameHash(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0;
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Slots of the names in one view: each name's own slot, collisions moved to the next free one; beyond 24 a name has slot -1. */
export function assignSlots(names: readonly string[]): Map<string, number> {
  const taken = new Set<number>();
  const result = new Map<string, number>();
  for (const name of [...new Set(names)].sort()) {
    const start = nameHash(name) % 8;
    let found = -1;
    for (let step = 0; step < 24 && found < 0; step += 1) {
      const slot = Math.floor(step / 8) * 8 + ((start + step) % 8);
      if (!taken.has(slot)) found = slot;
    }
    if (found >= 0) taken.add(found);
    result.set(name, found);
  }
  return result;
}

/** Colour and dash pattern of a slot: 9 to 16 repeat dashed, 17 to 24 dotted, the rest is grey. */
export function slotStroke(slot: number, theme: Theme): { colour: string; dash: number[] } {
  if (slot < 0) return { colour: tokens[theme].t3, dash: [] };
  return { colour: slots[theme][slot % 8], dash: slot < 8 ? [] : slot < 16 ? [6, 3] : [2, 3] };
}

/** Contrast of two colours as WCAG 2 defines it. */
export function contrast(first: string, second: string): number {
  const [high, low] = [luminance(first), luminance(second)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const channel = (offset: number): number => {
    const value = parseInt(colour.slice(offset, offset + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
