import { slotStroke } from "../core/colours";
import { theme } from "../core/preferences";
import { useStore } from "../core/store";

/** A piece of a line as the chart draws it: its colour and its dashes. Without a slot it has the colour of the text. */
export function LineSample({ slot, dash }: { slot?: number; dash: readonly number[] }): JSX.Element {
  const current = useStore(theme);
  return (
    <svg className="line-sample" width="24" height="8" viewBox="0 0 24 8" aria-hidden="true" focusable="false">
      <path d="M0 4h24" fill="none" stroke={slot === undefined ? "currentColor" : slotStroke(slot, current).colour} strokeWidth="2" strokeDasharray={dash.join(" ")} />
    </svg>
  );
}
