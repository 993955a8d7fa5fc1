import { byteCount, groupedCount } from "../core/format";
import { useKeys } from "../core/keys";
import { navigate, useView } from "../core/router";
import { Plan } from "../core/streams";
import { Button } from "../ui/controls";

/** Whether the link asks for the plan. */
export function usePlan(): boolean {
  return useView().extra.plan === "1";
}

/** Shows and hides the plan. */
export function PlanButton(): JSX.Element {
  const shown = usePlan();
  const toggle = (): void => navigate({ extra: { plan: shown ? null : "1" } }, true);
  useKeys([{ keys: "e", label: "Plan of the query", group: "This page", run: toggle }]);
  return <Button kind="quiet" keys="e" pressed={shown} title="How the query is answered, and what it reads" onClick={toggle}>Plan</Button>;
}

/** How a query was answered: what was read, what was skipped, and the steps. */
export function PlanPanel({ plan }: { plan: Plan | null }): JSX.Element | null {
  const shown = usePlan();
  if (!shown || plan === null) return null;
  const { statistics } = plan;
  const facts: [string, string][] = [];
  const add = (name: string, value: number | undefined, text: (value: number) => string): void => {
    if (value !== undefined) facts.push([name, text(value)]);
  };
  add("blocks read", statistics.blocks_read, groupedCount);
  add("blocks pruned", statistics.blocks_pruned, groupedCount);
  add("bytes read", statistics.bytes_read, byteCount);
  add("rows scanned", statistics.rows_scanned, groupedCount);
  add("rows matched", statistics.rows_matched, groupedCount);
  add("on the server", statistics.elapsed_ms, (value) => `${Number(value.toPrecision(3))} ms`);
  return (
    <section className="plan" aria-label="Plan">
      <dl>{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <pre tabIndex={0} aria-label="Steps of the plan">{plan.plan.join("\n")}</pre>
    </section>
  );
}

/** What the engine remarks about a query, under it. */
export function Remarks({ texts }: { texts: readonly string[] }): JSX.Element | null {
  if (texts.length === 0) return null;
  return <ul className="remarks" aria-label="Remarks">{texts.slice(0, 8).map((text) => <li key={text}>▲ {text}</li>)}{texts.length > 8 ? <li>and {texts.length - 8} more</li> : null}</ul>;
}
