import { useEffect, useState } from "react";
import { fetchStream } from "../core/api";
import { KeyBinding } from "../core/keys";
import { compactCount } from "../core/format";
import { AggregateGroup } from "../core/model";
import { applyPatch, Filter, View, ViewPatch } from "../core/url";
import { linkTo, navigate, resolveWindow, run, view } from "../core/router";
import { Button, Dialog, Link } from "../ui/controls";
import { withFilter, withoutService } from "./filters";
import { pathOf, question } from "./question";

/** The thing under the cursor: whatever of it is known leads somewhere. */
export interface Subject {
  service?: string;
  traceID?: string;
  spanID?: string;
  /** Milliseconds since 1970: the place and length of it in time. */
  time?: number;
  milliseconds?: number;
}

interface Pivot {
  name: string;
  keys: string;
  to: ViewPatch;
  /** The question that counts what stands at the other end. */
  counts?: "logs" | "traces";
}

const narrowKeys = new Set(["trace_id", "span_id"]);

/** The context's filters without those on one trace or span. */
function broader(filters: Filter[]): Filter[] {
  return filters.filter((filter) => !narrowKeys.has(filter.key));
}

/** The window, moved only when the subject lies outside of it. */
function around(current: View, subject: Subject): Pick<ViewPatch, "from" | "to"> {
  if (subject.time === undefined) return {};
  const window = resolveWindow(current, run.get());
  const end = subject.time + (subject.milliseconds ?? 0);
  if (subject.time >= window.from && end <= window.to) return {};
  return { from: String(Math.floor(subject.time - 3e5)), to: String(Math.ceil(end + 3e5)) };
}

/** Where one can go from a subject. */
export function pivotsOf(subject: Subject): Pivot[] {
  const current = view.get();
  const window = around(current, subject);
  const pivots: Pivot[] = [];
  const onService = (service: string): Filter[] => withFilter(withoutService(broader(current.filters)), { key: "service.name", op: "eq", value: service });
  if (subject.traceID) {
    pivots.push({ name: "Trace", keys: "T", to: { page: "traces", id: subject.traceID, ...window, extra: { span: subject.spanID ?? null } } });
    const filters: Filter[] = [{ key: "trace_id", op: "eq", value: subject.traceID }];
    if (subject.spanID) filters.push({ key: "span_id", op: "eq", value: subject.spanID });
    pivots.push({ name: subject.spanID ? "Logs of this span" : "Logs of this trace", keys: "L", to: { page: "logs", id: "", query: "", ...window, filters, extra: { sel: null } }, counts: "logs" });
  }
  if (subject.service) {
    const filters = onService(subject.service);
    pivots.push({ name: `Logs of ${subject.service}`, keys: subject.traceID ? "S" : "L", to: { page: "logs", id: "", query: "", ...window, filters, extra: { sel: null, log: null } }, counts: "logs" });
    if (!subject.traceID) pivots.push({ name: `Traces of ${subject.service}`, keys: "T", to: { page: "traces", id: "", query: "", ...window, filters }, counts: "traces" });
    pivots.push({ name: `Metrics of ${subject.service}`, keys: "M", to: { page: "metrics", id: "", query: "", ...window, filters } });
    pivots.push({ name: `Service ${subject.service}`, keys: "V", to: { page: "services", id: subject.service, ...window, filters: withoutService(broader(current.filters)) } });
  }
  return pivots;
}

/** Keys of the pivots of a subject; `o` opens the menu. */
export function pivotKeys(subject: Subject | null, openMenu: () => void): KeyBinding[] {
  const bindings: KeyBinding[] = (subject ? pivotsOf(subject) : []).map((pivot) => ({ keys: pivot.keys, label: pivot.name, group: "From here", run: () => navigate(pivot.to) }));
  return [...bindings, { keys: "o", label: "Where to go from here", group: "From here", when: () => subject !== null, run: openMenu }];
}

/** The pivots as buttons. */
export function PivotRow({ subject, leaveOut = [] }: { subject: Subject; leaveOut?: string[] }): JSX.Element {
  return (
    <div className="row wrap pivots">
      {pivotsOf(subject).filter((pivot) => !leaveOut.includes(pivot.keys)).map((pivot) => (
        <Link key={pivot.name} className="button plain" to={pivot.to}>
          <span className="text cut">{pivot.name}</span>
          <kbd>{pivot.keys}</kbd>
        </Link>
      ))}
    </div>
  );
}

/** The pivot menu: each way with the count it leads to. */
export function PivotMenu({ subject, onClose }: { subject: Subject; onClose: () => void }): JSX.Element {
  const pivots = pivotsOf(subject);
  return (
    <Dialog label="Where to go from here" onClose={onClose} className="pivot-menu">
      <h2>From here</h2>
      <ul onKeyDown={(event) => {
        const pivot = pivots.find((candidate) => candidate.keys === event.key);
        if (pivot) {
          event.preventDefault();
          onClose();
          navigate(pivot.to);
          return;
        }
        const step = event.key === "ArrowDown" || event.key === "j" ? 1 : event.key === "ArrowUp" || event.key === "k" ? -1 : 0;
        if (step === 0) return;
        event.preventDefault();
        const links = [...event.currentTarget.querySelectorAll<HTMLElement>("a")];
        links[(links.indexOf(document.activeElement as HTMLElement) + step + links.length) % links.length]?.focus();
      }}>
        {pivots.map((pivot, index) => (
          <li key={pivot.name}>
            <a href={linkTo(pivot.to)} data-autofocus={index === 0 || undefined} onClick={(event) => {
              if (event.metaKey || event.ctrlKey) return;
              event.preventDefault();
              onClose();
              navigate(pivot.to);
            }}>
              <span>{pivot.name}</span>
              {pivot.counts ? <PivotCount pivot={pivot} /> : null}
              <kbd>{pivot.keys}</kbd>
            </a>
          </li>
        ))}
      </ul>
      <Button kind="quiet" keys="Escape" onClick={onClose}>Close</Button>
    </Dialog>
  );
}

/** The number of records behind a pivot, so that a dead end is seen before the jump. */
function PivotCount({ pivot }: { pivot: Pivot }): JSX.Element {
  const [text, setText] = useState("…");
  useEffect(() => {
    const controller = new AbortController();
    const target = applyPatch(view.get(), pivot.to);
    const signal = pivot.counts ?? "logs";
    const path = pathOf(`${signal}/aggregate`, question(target, resolveWindow(target, run.get()), signal, [["agg", "count"]]));
    fetchStream(path, controller.signal, (message) => {
      if (message.k !== "series") return;
      const groups = message.groups as { values: (AggregateGroup["values"][number] | number | null)[] }[];
      const value = groups[0]?.values[0];
      setText(compactCount(typeof value === "number" ? value : 0));
    }).catch(() => setText(""));
    return () => controller.abort();
  }, []);
  return <span className="count">{text}</span>;
}
