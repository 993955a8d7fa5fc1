import { applyPatch, formatView, parseView, View, ViewPatch } from "./url";
import { resolveTime } from "./time";
import { Store, useStore } from "./store";

/** The interface's own address, ending in `/ui/`; the document's base says it, so that a path prefix works. */
export const base = new URL(".", document.baseURI);

/** The API's address. */
export const apiBase = new URL("../api/v1/", base);

/** The server's address, as the terminal takes it. */
export const serverAddress = new URL("../", base).href.replace(/\/$/, "");

function currentView(): View {
  const path = location.pathname.startsWith(base.pathname) ? location.pathname.slice(base.pathname.length) : "";
  return parseView(path, location.search);
}

/** What the address bar says. */
export const view = new Store<View>(currentView());

/** Counts the runs: relative times are resolved once a run, and every panel asks with the same window. */
export const run = new Store<number>(0);

window.addEventListener("popstate", () => view.set(currentView()));

/** The link of the view after a change. */
export function linkTo(patch: ViewPatch): string {
  return new URL(formatView(applyPatch(view.get(), patch)), base).href;
}

/** Changes the view. Page, filters, time and selection make an entry of the history; `replace` makes none. */
export function navigate(patch: ViewPatch, replace = false): void {
  showView(applyPatch(view.get(), patch), replace);
}

/** Shows a whole view. */
export function showView(next: View, replace = false): void {
  const href = new URL(formatView(next), base).href;
  if (href === location.href) {
    view.set(next);
    return;
  }
  if (replace) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
  view.set(currentView());
}

/** Asks everything again, with a new resolution of relative times. */
export function refresh(): void {
  resolved = null;
  run.set(run.get() + 1);
}

/** A window in milliseconds since 1970. */
export interface TimeWindow {
  from: number;
  to: number;
}

let resolved: { key: string; window: TimeWindow } | null = null;

/** The window of a view, resolved once for each run. */
export function resolveWindow(current: View, runNumber: number): TimeWindow {
  const key = `${current.from}|${current.to}|${runNumber}`;
  if (resolved?.key === key) return resolved.window;
  const now = Date.now();
  const to = resolveTime(current.to, now) ?? now;
  const from = resolveTime(current.from, now) ?? to - 3.6e6;
  const window = { from: Math.floor(Math.min(from, to - 1)), to: Math.ceil(to) };
  resolved = { key, window };
  return window;
}

/** The view, as a hook. */
export function useView(): View {
  return useStore(view);
}

/** The resolved window that all panels of this run share. */
export function useWindow(): TimeWindow {
  const current = useStore(view);
  const number = useStore(run);
  return resolveWindow(current, number);
}
