import { nameHash } from "./colours";
import { readPreference, writePreference } from "./preferences";

/** Slots of the services that this browser has seen, so that a name keeps its colour over pages and days. */
const known = new Map<string, number>(read());

/** Names kept; beyond it the oldest is forgotten. */
const limit = 200;

function read(): [string, number][] {
  try {
    const stored: unknown = JSON.parse(readPreference("slots") ?? "[]");
    return Array.isArray(stored) ? stored.filter((item): item is [string, number] => Array.isArray(item) && typeof item[0] === "string" && typeof item[1] === "number") : [];
  } catch {
    return [];
  }
}

/** The slot of a service: its hash, moved to the next free one when another service has that. */
export function serviceSlot(name: string): number {
  const found = known.get(name);
  if (found !== undefined) return found;
  const taken = new Set(known.values());
  const start = nameHash(name) % 8;
  let slot = -1;
  for (let step = 0; step < 24 && slot < 0; step += 1) {
    const candidate = Math.floor(step / 8) * 8 + ((start + step) % 8);
    if (!taken.has(candidate)) slot = candidate;
  }
  known.set(name, slot);
  if (known.size > limit) known.delete([...known.keys()][0]);
  writePreference("slots", JSON.stringify([...known]));
  return slot;
}

/** Slots of all services of one view. */
export function serviceSlots(names: readonly string[]): Map<string, number> {
  return new Map([...names].sort().map((name) => [name, serviceSlot(name)]));
}
