import { useEffect, useRef } from "react";
import { Store } from "../core/store";

/** What the page on display asks: other forms of it can be copied. */
export interface Share {
  /** The question below the API's base, with its parameters. */
  path: string;
  /** The same as a command of the terminal, when there is one. */
  command?: string;
  /** What was answered, as text. */
  json?: () => string;
}

/** Gives the page's question when it is wanted; null where there is none. */
export const shared = new Store<(() => Share) | null>(null);

/** Offers the page's question for copying while the component is mounted. */
export function useShare(share: Share): void {
  const latest = useRef(share);
  latest.current = share;
  useEffect(() => {
    const own = (): Share => latest.current;
    shared.set(own);
    return () => {
      if (shared.get() === own) shared.set(null);
    };
  }, []);
}
