import { useEffect, useState } from "react";
import { automatic, freshness, isMoving, refreshSeconds } from "../core/freshness";
import { refresh, useView } from "../core/router";
import { useStore } from "../core/store";

/** Age from which it is said without a reason to worry, seconds. */
const quietAge = 60;

/** Says how old the data on display is: quietly when nobody asked again, as a warning when a refresh failed or did not come. */
export function StaleChip(): JSX.Element | null {
  const current = useView();
  const { at, failed } = useStore(freshness);
  const refreshing = useStore(automatic);
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => setNow(Date.now()), [at, failed]);
  const moving = isMoving(current.from, current.to);
  if (at === null || current.page === "start" || current.extra.live === "1" || (!moving && !failed)) return null;
  const age = Math.max(0, (now - at) / 1000);
  const late = failed || (refreshing && age > 2 * refreshSeconds);
  if (!late && age < quietAge) return null;
  const words = age < quietAge ? `${Math.round(age)} s old` : age < 3600 ? `${Math.floor(age / 60)} min old` : `${Math.floor(age / 3600)} h old`;
  return (
    <button type="button" className={`button quiet age ${late ? "late" : ""}`} title={failed ? "The last refresh failed; what you see is from before it. Refresh  r" : "What you see was asked then. Refresh  r"} onClick={refresh}>
      <span className="text">{failed ? "▲ refresh failed · " : late ? "▲ " : ""}{words}</span>
    </button>
  );
}
