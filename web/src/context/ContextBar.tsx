import { useEffect, useState } from "react";
import { pending } from "../core/answers";
import { useKeys } from "../core/keys";
import { linkTo, navigate, refresh, useView, useWindow } from "../core/router";
import { Button } from "../ui/controls";
import { copyText } from "../ui/toast";
import { FilterChips } from "./FilterChips";
import { Signal } from "./filters";
import { TimePicker } from "./TimePicker";

const refreshSeconds = 15;

/** The bar that is the same on every page: title, filters, time, refresh, live. */
export function ContextBar({ title, signal, live }: { title: React.ReactNode; signal: Signal | null; live: boolean }): JSX.Element {
  const current = useView();
  const window = useWindow();
  const [automatic, setAutomatic] = useState(false);
  const tailing = current.extra.live === "1";
  const relative = current.from.startsWith("now") || current.to.startsWith("now");
  useEffect(() => {
    if (!automatic || !relative) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") refresh();
    }, refreshSeconds * 1000);
    return () => clearInterval(timer);
  }, [automatic, relative]);
  const toggleLive = (): void => navigate({ extra: { live: tailing ? null : "1" } });
  useKeys([
    { keys: "r", label: "Refresh", group: "Context", run: refresh },
    { keys: "R", label: `Refresh every ${refreshSeconds} s`, group: "Context", run: () => setAutomatic(!automatic) },
    { keys: "y", label: "Copy the link, with absolute times", group: "Context", run: () => void copyText(linkTo({ from: String(window.from), to: String(window.to) }), "Link") },
    { keys: "u", label: "Context back", group: "Context", run: () => history.back() },
    { keys: "U", label: "Context forward", group: "Context", run: () => history.forward() },
    ...(live ? [{ keys: "l", label: "Live tail", group: "This page", run: toggleLive }] : []),
  ]);
  return (
    <header className="context-bar">
      <h1>{title}</h1>
      <FilterChips signal={signal} />
      <div className="context-end">
        <TimePicker />
        <Button kind="icon" icon="link" label="Copy the link" keys="y" onClick={() => void copyText(linkTo({ from: String(window.from), to: String(window.to) }), "Link")} />
        <Button kind="icon" icon="refresh" label={automatic ? `Refreshing every ${refreshSeconds} s` : "Refresh"} keys="r" pressed={automatic} onClick={refresh} />
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
