import { useEffect, useState } from "react";
import { pending } from "../core/answers";
import { automatic, refreshSeconds, toggleAutomatic } from "../core/freshness";
import { useKeys } from "../core/keys";
import { navigate, refresh, useView } from "../core/router";
import { useStore } from "../core/store";
import { Button } from "../ui/controls";
import { CompareChip } from "./CompareChip";
import { CopyMenu } from "./CopyMenu";
import { FilterChips } from "./FilterChips";
import { Signal } from "./filters";
import { StaleChip } from "./StaleChip";
import { TimePicker } from "./TimePicker";

/** The bar that is the same on every page: title, filters, time, refresh, live. */
export function ContextBar({ title, signal, live, compare }: { title: React.ReactNode; signal: Signal | null; live: boolean; compare: boolean }): JSX.Element {
  const current = useView();
  const refreshing = useStore(automatic);
  const tailing = current.extra.live === "1";
  const toggleLive = (): void => navigate({ extra: { live: tailing ? null : "1" } });
  useKeys([
    { keys: "r", label: "Refresh", group: "Context", run: refresh },
    { keys: "R", label: `Refresh every ${refreshSeconds} s`, group: "Context", run: toggleAutomatic },
    { keys: "u", label: "Context back", group: "Context", run: () => history.back() },
    { keys: "U", label: "Context forward", group: "Context", run: () => history.forward() },
    ...(live ? [{ keys: "l", label: "Live tail", group: "This page", run: toggleLive }] : []),
  ]);
  return (
    <header className="context-bar">
      <h1>{title}</h1>
      <FilterChips signal={signal} />
      <div className="context-end">
        {compare ? <CompareChip /> : null}
        <StaleChip />
        <TimePicker />
        <CopyMenu />
        <Button kind="icon" icon="refresh" label={refreshing ? `Refreshing every ${refreshSeconds} s` : "Refresh"} keys="r" pressed={refreshing} onClick={refresh} />
        {live ? <Button kind={tailing ? "primary" : "plain"} icon={tailing ? "pause" : "live"} keys="l" pressed={tailing} title="Live tail" onClick={toggleLive}>Live</Button> : null}
      </div>
      <LoadingBar />
    </header>
  );
}

/** A thin bar while questions are under way for longer than 200 ms. */
function LoadingBar(): JSX.Element {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const follow = (): void => {
      if (pending.count === 0) {
        clearTimeout(timer);
        timer = undefined;
        setShown(false);
      } else timer ??= setTimeout(() => setShown(pending.count > 0), 200);
    };
    pending.listeners.add(follow);
    follow();
    return () => {
      pending.listeners.delete(follow);
      clearTimeout(timer);
    };
  }, []);
  return <div className={`loading-bar ${shown ? "shown" : ""}`} aria-hidden="true" />;
}
