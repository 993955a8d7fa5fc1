import { Store } from "./store";

/** Reads a preference of this browser; preferences are the only state outside the URL. */
export function readPreference(name: string): string | null {
  try {
    return localStorage.getItem(`sightline.${name}`);
  } catch {
    return null;
  }
}

/** Keeps a preference; without storage it lasts until the page is closed. */
export function writePreference(name: string, value: string): void {
  try {
    localStorage.setItem(`sightline.${name}`, value);
  } catch {
    return;
  }
}

export type Theme = "dark" | "light";

/** The theme on display. */
export const theme = new Store<Theme>(typeof document !== "undefined" && document.documentElement.dataset.theme === "light" ? "light" : "dark");

/** Switches the theme and remembers the choice. */
export function toggleTheme(): void {
  const next: Theme = theme.get() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  writePreference("theme", next);
  theme.set(next);
}

/** Whether single-key shortcuts are on (they can be switched off, WCAG 2.1.4). */
export const singleKeys = new Store<boolean>(readPreference("keys") !== "off");

/** Switches single-key shortcuts. */
export function setSingleKeys(on: boolean): void {
  writePreference("keys", on ? "on" : "off");
  singleKeys.set(on);
}

/** Whether the rail shows its labels: chosen, else by the width of the window. */
export const railLabels = new Store<boolean>(
  typeof matchMedia === "undefined" ? false : readPreference("rail") === null ? matchMedia("(min-width: 1440px)").matches : readPreference("rail") === "wide",
);

/** Shows or hides the rail's labels. */
export function toggleRailLabels(): void {
  railLabels.set(!railLabels.get());
  writePreference("rail", railLabels.get() ? "wide" : "narrow");
}
