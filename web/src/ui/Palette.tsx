import { useEffect, useId, useMemo, useState } from "react";
import { useJSON } from "../core/answers";
import { activeBindings, KeyBinding, keyLabel } from "../core/keys";
import { MetricSummary, ServicesAnswer } from "../core/model";
import { navigate, useWindow } from "../core/router";
import { ViewPatch } from "../core/url";
import { pathOf } from "../context/question";
import { Dialog } from "./controls";

interface Entry {
  kind: string;
  text: string;
  note?: string;
  run: () => void;
}

/** Everything by name: pages, services, metrics, actions, and ids that are pasted. */
export function Palette({ pages, onClose }: { pages: { name: string; to: ViewPatch; keys: string }[]; onClose: () => void }): JSX.Element {
  const window = useWindow();
  const range: [string, string][] = [["from", String(window.from)], ["to", String(window.to)]];
  const services = useJSON<ServicesAnswer>(pathOf("services", range)).data;
  const metrics = useJSON<{ metrics: MetricSummary[] }>(pathOf("metrics", range)).data;
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const [bindings] = useState<KeyBinding[]>(() => activeBindings().filter((binding) => !binding.hidden && binding.group !== "Go to" && binding.group !== "List" && (binding.when?.() ?? true)));
  const id = useId();

  const entries = useMemo<Entry[]>(() => {
    const all: Entry[] = [];
    const trimmed = text.trim().toLowerCase();
    if (/^[0-9a-f]{32}$/.test(trimmed)) all.push({ kind: "Trace", text: trimmed, note: "open", run: () => navigate({ page: "traces", id: trimmed }) });
    if (/^[0-9a-f]{16}$/.test(trimmed)) all.push({ kind: "Span", text: trimmed, note: "its spans", run: () => navigate({ page: "traces", id: "", query: `span_id:${trimmed}` }) });
    for (const page of pages) all.push({ kind: "Page", text: page.name, note: keyLabel(page.keys), run: () => navigate(page.to) });
    for (const service of services?.services ?? []) all.push({ kind: "Service", text: service.name, run: () => navigate({ page: "services", id: service.name }) });
    for (const metric of metrics?.metrics ?? []) all.push({ kind: "Metric", text: metric.name, note: metric.kind, run: () => navigate({ page: "metrics", id: "", extra: { name: metric.name } }) });
    for (const binding of bindings) all.push({ kind: "Action", text: binding.label, note: keyLabel(binding.keys), run: () => binding.run(new KeyboardEvent("keydown")) });
    const matching = all.filter((entry) => matches(`${entry.kind} ${entry.text}`.toLowerCase(), trimmed) || entry.kind === "Trace" || entry.kind === "Span");
    if (text.trim() !== "") {
      all.push();
      matching.push({ kind: "Logs", text: `search “${text.trim()}”`, run: () => navigate({ page: "logs", id: "", query: text.trim() }) });
      matching.push({ kind: "Traces", text: `search “${text.trim()}”`, run: () => navigate({ page: "traces", id: "", query: text.trim() }) });
    }
    return matching.slice(0, 60);
  }, [text, services, metrics, pages, bindings]);
  useEffect(() => setActive(0), [text]);
  useEffect(() => {
    document.getElementById(`${id}${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active, id]);

  const take = (entry: Entry | undefined): void => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  return (
    <Dialog label="Palette" onClose={onClose} className="palette">
      <input
        data-autofocus
        type="text"
        role="combobox"
        aria-label="Go to a page, a service, a metric, a trace id, or do something"
        aria-expanded="true"
        aria-controls={`${id}list`}
        aria-activedescendant={entries.length > 0 ? `${id}${active}` : undefined}
        placeholder="Page, service, metric, trace id, action …"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            setActive((active + (event.key === "ArrowDown" ? 1 : -1) + entries.length) % Math.max(1, entries.length));
          } else if (event.key === "Enter") {
            event.preventDefault();
            take(entries[active]);
          }
        }}
      />
      <ul id={`${id}list`} role="listbox" aria-label="Found">
        {entries.map((entry, index) => (
          <li key={`${entry.kind}${entry.text}${index}`} id={`${id}${index}`} role="option" aria-selected={index === active} onPointerEnter={() => setActive(index)} onClick={() => take(entry)}>
            <span className="kind">{entry.kind}</span>
            <span className="cut">{entry.text}</span>
            {entry.note ? <kbd>{entry.note}</kbd> : null}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

/** Whether all words occur, in any order. */
function matches(text: string, wanted: string): boolean {
  return wanted.split(/\s+/).every((word) => text.includes(word));
}
