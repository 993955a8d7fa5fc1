import { refresh, run, view } from "./router";
import { Store } from "./store";

/** How old what is on display is. */
export interface Freshness {
  /** When the newest answered question was asked, milliseconds since 1970; null before the first. */
  at: number | null;
  /** A question of the latest run failed by the server's fault; what is shown may be of an earlier one. */
  failed: boolean;
}

export const freshness = new Store<Freshness>({ at: null, failed: false });

/** Notes a question that was answered. */
export function noteAnswer(askedAt: number): void {
  const before = freshness.get();
  freshness.set({ at: Math.max(before.at ?? 0, askedAt), failed: before.failed });
}

/** Notes a question that failed: the network or the server, not what was asked. */
export function noteFailure(status: number): void {
  if (status === 0 || status >= 500) freshness.set({ ...freshness.get(), failed: true });
}

run.subscribe(() => freshness.set({ ...freshness.get(), failed: false }));

/** Seconds between automatic refreshes. */
export const refreshSeconds = 15;

/** Whether the page refreshes by itself. */
export const automatic = new Store<boolean>(false);

/** Switches the refreshing. */
export function toggleAutomatic(): void {
  automatic.set(!automatic.get());
}

/** Whether the window on display moves with time. */
export function isMoving(from: string, to: string): boolean {
  return from.startsWith("now") || to.startsWith("now");
}

setInterval(() => {
  if (automatic.get() && document.visibilityState === "visible" && isMoving(view.get().from, view.get().to)) refresh();
}, refreshSeconds * 1000);
