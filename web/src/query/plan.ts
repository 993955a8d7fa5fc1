import { Plan } from "../core/streams";

/** The plan of an answer that was asked with `explain=1`. */
export function planOf(body: unknown): Plan | null {
  const plan = (body as { explain?: Plan } | null)?.explain;
  return plan && Array.isArray(plan.plan) ? plan : null;
}
