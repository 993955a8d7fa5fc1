import { groupedCount } from "../../core/format";
import { KeyBinding } from "../../core/keys";
import { Button } from "../../ui/controls";
import { Tail } from "./tail";

/** How the tail does, and its Stop and Continue. */
export function TailState({ tail }: { tail: Tail }): JSX.Element {
  const words = { open: `● live, ${groupedCount(tail.rate)} lines/s`, closed: "○ the tail was cut, trying again", connecting: "○ connecting", stopped: "■ stopped, what comes meanwhile is read on Continue" }[tail.state];
  const parts = [words];
  if (tail.dropped > 0) parts.push(Number.isFinite(tail.dropped) ? `a sample is shown, ${groupedCount(tail.dropped)} dropped` : "a sample is shown");
  if (tail.forgotten > 0) parts.push(`${groupedCount(tail.forgotten)} older lines left the list`);
  return (
    <>
      <span className={`live-state ${tail.state}`} role="status">{parts.join(" · ")}</span>
      {tail.state === "stopped" ? <Button kind="primary" keys="Space" onClick={tail.proceed}>Continue</Button> : <Button keys="Space" onClick={tail.stop}>Stop</Button>}
    </>
  );
}

/** Says how many lines wait while the list is held. */
export function HeldPill({ tail, onFollow }: { tail: Tail; onFollow: () => void }): JSX.Element | null {
  if (tail.waiting === 0) return null;
  return <button type="button" className="held-pill" onClick={onFollow}>Held · {groupedCount(tail.waiting)} new · <kbd>End</kbd> to follow</button>;
}

/** The keys of a tail. */
export function tailKeys(live: boolean, tail: Tail, follow: () => void): KeyBinding[] {
  return [
    { keys: "Space", label: tail.state === "stopped" ? "Continue the tail" : "Stop the tail", group: "This page", hidden: !live, when: () => live, run: tail.state === "stopped" ? tail.proceed : tail.stop },
    { keys: "End", label: "Follow the tail", group: "This page", hidden: !live, when: () => live, run: follow },
  ];
}
