import { Statistics } from "../core/streams";

/** How a query was answered: the plan's lines, indented by depth, and what it read. */
export interface Plan {
  language: string;
  plan: string[];
  statistics: Statistics;
}

/** The plan of an answer that was asked with `explain=1`. */
export function planOf(body: unknown): Plan | null {
  const plan = (body as { explain?: Plan } | null)?.explain;
  return plan && Array.isArray(plan.plan) ? plan : null;
}
