import { reconnected } from "./api";
import { base } from "./router";
import { Store } from "./store";

/** Whether the server has another interface than the one on display. */
export const newVersion = new Store<boolean>(false);

/** Milliseconds between two looks. */
const interval = 5 * 60_000;

/** The name of the interface's script, which changes with everything in it. */
const scriptName = /assets\/(main-[A-Za-z0-9]+\.js)/;

let lookedAt = Date.now();

async function look(): Promise<void> {
  lookedAt = Date.now();
  const own = [...document.scripts].map((script) => scriptName.exec(script.src)?.[1]).find((name) => name !== undefined);
  try {
    const answer = await fetch(base.href, { cache: "no-store" });
    const served = answer.ok ? scriptName.exec(await answer.text())?.[1] : undefined;
    if (own !== undefined && served !== undefined && served !== own) newVersion.set(true);
  } catch {
    // A server that does not answer has nothing to offer; the banner says so elsewhere.
    return;
  }
}

/** Looks for a new version now and then while the page is seen, and whenever the server was away. */
export function watchVersion(): void {
  reconnected.add(() => void look());
  const due = (): void => {
    if (document.visibilityState === "visible" && Date.now() - lookedAt >= interval && !newVersion.get()) void look();
  };
  document.addEventListener("visibilitychange", due);
  setInterval(due, interval);
}
