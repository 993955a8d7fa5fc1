import { Component, lazy, ReactNode, Suspense, useEffect, useState } from "react";
import { ContextBar } from "./context/ContextBar";
import { Signal } from "./context/filters";
import { queriesOf } from "./context/metricQueries";
import { reconnected } from "./core/api";
import { useKeys } from "./core/keys";
import { railLabels, toggleRailLabels, toggleTheme } from "./core/preferences";
import { navigate, refresh, useView } from "./core/router";
import { useStore } from "./core/store";
import { PageName, View } from "./core/url";
import { isNumbers } from "./query/logqlKind";
import { Button, Link } from "./ui/controls";
import { Icon } from "./ui/icons";
import { KeySheet } from "./ui/KeySheet";
import { Palette } from "./ui/Palette";
import { NewVersionOffer, OfflineBanner, TokenPrompt } from "./ui/states";
import { ToastPlace } from "./ui/toast";

const pages: Record<PageName, { title: string; keys: string; signal: (view: View) => Signal | null; body: React.LazyExoticComponent<() => JSX.Element> }> = {
  services: { title: "Services", keys: "g s", signal: () => "traces", body: lazy(() => import("./pages/services/ServicesPage")) },
  logs: { title: "Logs", keys: "g l", signal: (view) => (asksInLanguage(view) ? null : "logs"), body: lazy(() => import("./pages/logs/LogsPage")) },
  traces: { title: "Traces", keys: "g t", signal: (view) => (view.id === "" && !asksInLanguage(view) ? "traces" : null), body: lazy(() => import("./pages/traces/TracesPage")) },
  metrics: { title: "Metrics", keys: "g x", signal: (view) => (asksInLanguage(view) ? null : "metrics"), body: lazy(() => import("./pages/metrics/MetricsPage")) },
  start: { title: "Start", keys: "g q", signal: () => null, body: lazy(() => import("./pages/start/StartPage")) },
};

/** Whether the page's query is in a language that names all of its conditions by itself. */
function asksInLanguage(view: View): boolean {
  return view.extra.lang !== undefined || (view.page === "metrics" && view.extra.name === undefined && queriesOf(view).length > 0);
}

const names = Object.keys(pages) as PageName[];

/** The whole interface: rail, context bar, page, and what lies over them. */
export function App(): JSX.Element {
  const current = useView();
  const [overlay, setOverlay] = useState<"palette" | "keys" | null>(null);
  const page = current.page === "unknown" ? null : pages[current.page];
  useEffect(() => {
    reconnected.add(refresh);
    return () => {
      reconnected.delete(refresh);
    };
  }, []);
  useEffect(() => {
    document.title = `${current.id || page?.title || "Not found"} · Sightline`;
  }, [current.page, current.id, page]);
  useKeys([
    ...names.map((name) => ({ keys: pages[name].keys, label: pages[name].title, group: "Go to", run: () => navigate({ page: name, id: "", extra: {} }) })),
    { keys: "g h", label: "Services", group: "Go to", run: () => navigate({ page: "services", id: "" }) },
    { keys: "Mod+K", label: "Palette", group: "Everywhere", always: true, run: () => setOverlay("palette") },
    { keys: "?", label: "This sheet", group: "Everywhere", run: () => setOverlay("keys") },
    { keys: "b", label: "Labels in the rail", group: "Everywhere", run: toggleRailLabels },
    { keys: "Mod+\\", label: "Dark or light", group: "Everywhere", always: true, run: toggleTheme },
  ]);
  const Body = page?.body;
  return (
    <>
      <a className="skip-link" href="#content" onClick={(event) => {
        event.preventDefault();
        document.getElementById("content")?.focus();
      }}>Skip to the content</a>
      <div className="frame">
        <Rail current={current.page} onKeys={() => setOverlay("keys")} onPalette={() => setOverlay("palette")} />
        <div className="main">
          <ContextBar title={<Title view={current} />} signal={page ? page.signal(current) : null} live={current.page === "logs" && (!asksInLanguage(current) || (current.query.trim() !== "" && !isNumbers(current.query)))} compare={(current.page === "services" && current.id !== "") || (current.page === "metrics" && current.extra.name !== undefined)} />
          <OfflineBanner />
          <NewVersionOffer />
          <main id="content" tabIndex={-1}>
            <Boundary key={current.page}>
              <Suspense fallback={<div className="page" />}>
                {Body ? <Body /> : <div className="state-panel"><strong>There is no such page</strong><Link className="button primary" to={{ page: "services", id: "" }}>Services</Link></div>}
              </Suspense>
            </Boundary>
          </main>
        </div>
      </div>
      {overlay === "palette" ? <Palette pages={names.map((name) => ({ name: pages[name].title, to: { page: name, id: "" }, keys: pages[name].keys }))} onClose={() => setOverlay(null)} /> : null}
      {overlay === "keys" ? <KeySheet onClose={() => setOverlay(null)} /> : null}
      <TokenPrompt />
      <ToastPlace />
    </>
  );
}

function Title({ view }: { view: View }): JSX.Element {
  const page = view.page === "unknown" ? null : pages[view.page];
  if (view.id === "" || !page || view.page === "unknown") return <>{page?.title ?? "Not found"}</>;
  const text = view.page === "traces" ? `${view.id.slice(0, 8)}…` : view.id;
  return <><Link to={{ page: view.page, id: "" }}>{page.title}</Link> <span aria-hidden="true">/</span> <span title={view.id}>{text}</span></>;
}

function Rail({ current, onKeys, onPalette }: { current: string; onKeys: () => void; onPalette: () => void }): JSX.Element {
  const wide = useStore(railLabels);
  return (
    <nav className={`rail ${wide ? "wide" : ""}`} aria-label="Pages">
      <Link className="brand" to={{ page: "services", id: "" }} label="Sightline" title="Sightline">
        <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true"><path d="M3 20h7l3-12 5 18 3-10h8" fill="none" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round" /></svg>
        <span className="rail-label">Sightline</span>
      </Link>
      <ul>
        {names.map((name) => (
          <li key={name}>
            <a
              href={name}
              aria-current={current === name ? "page" : undefined}
              title={`${pages[name].title}  ${pages[name].keys}`}
              aria-label={pages[name].title}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                navigate({ page: name, id: "", extra: {} });
              }}
            >
              <Icon name={name} size={18} />
              <span className="rail-label">{pages[name].title}</span>
            </a>
          </li>
        ))}
      </ul>
      <span className="push" />
      <Button kind="icon" icon="search" label="Palette" keys="Mod+K" onClick={onPalette}><span className="rail-label">Palette</span></Button>
      <Button kind="icon" icon="theme" label="Dark or light" keys="Mod+\" onClick={toggleTheme}><span className="rail-label">Dark or light</span></Button>
      <Button kind="icon" icon="keyboard" label="Keys" keys="?" onClick={onKeys}><span className="rail-label">Keys</span></Button>
    </nav>
  );
}

/** Keeps a failure of one page on that page. */
class Boundary extends Component<{ children: ReactNode }, { failure: Error | null }> {
  state = { failure: null as Error | null };

  static getDerivedStateFromError(failure: Error): { failure: Error } {
    return { failure };
  }

  render(): ReactNode {
    if (!this.state.failure) return this.props.children;
    // A part of the interface whose name carries another version's hash is not served any more.
    const outdated = /dynamically imported module/.test(this.state.failure.message);
    return (
      <div className="state-panel error" role="alert">
        <strong>✕ {outdated ? "This page is of an older version" : "This page failed"}</strong>
        <p>{outdated ? "The server has a newer one; loading again gets it and keeps the address." : this.state.failure.message}</p>
        <Button onClick={() => location.reload()}>Load again</Button>
      </div>
    );
  }
}
