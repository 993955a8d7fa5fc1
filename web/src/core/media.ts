import { Store } from "./store";

/** A media query as a store. */
function media(query: string): Store<boolean> {
  const list = matchMedia(query);
  const store = new Store(list.matches);
  list.addEventListener("change", () => store.set(list.matches));
  return store;
}

/** A finger points: targets are at least 44 px. */
export const coarsePointer = media("(pointer: coarse)");

/** The window is too narrow for columns beside each other: a phone, or 200 % zoom. */
export const narrowWindow = media("(max-width: 899px)");
