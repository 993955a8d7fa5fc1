import { Parameters } from "../core/api";
import { TimeWindow } from "../core/router";
import { formatFilter, parseSelection, View, writeDuration } from "../core/url";
import { inapplicable, Signal } from "./filters";

/** The parameters of a question: window, applicable filters, query, and what the page adds. */
export function question(view: View, window: TimeWindow, signal: Signal, more: Parameters = []): Parameters {
  const parameters: Parameters = [["from", String(Math.floor(window.from))], ["to", String(Math.ceil(window.to))]];
  for (const filter of view.filters) if (inapplicable(filter, signal) === null) parameters.push(["f", formatFilter(filter)]);
  if (view.query.trim() !== "") parameters.push(["q", view.query]);
  return parameters.concat(more);
}

/** A path below the API's base, with its parameters. */
export function pathOf(endpoint: string, parameters: Parameters): string {
  return `${endpoint}?${new URLSearchParams(parameters).toString()}`;
}

/** The part of the window that is brushed, else the whole; with the durations that are brushed as filters. */
export function brushed(view: View, window: TimeWindow): { window: TimeWindow; parameters: Parameters } {
  const selection = parseSelection(view.extra.sel);
  if (!selection) return { window, parameters: [] };
  const parameters: Parameters = [];
  if (selection.low !== null) parameters.push(["f", `duration:gte:${writeDuration(selection.low)}`]);
  if (selection.high !== null) parameters.push(["f", `duration:lt:${writeDuration(selection.high)}`]);
  return { window: { from: selection.from, to: selection.to }, parameters };
}
