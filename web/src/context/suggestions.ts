import { fetchJSON } from "../core/api";
import { compactCount, valueText } from "../core/format";
import { FieldsAnswer, FieldValues } from "../core/model";
import { resolveWindow, run, view } from "../core/router";
import { Suggestion } from "../ui/Suggest";
import { shortName } from "./fieldNames";
import { Signal } from "./filters";
import { pathOf } from "./question";

const fieldNames = new Map<string, Promise<FieldsAnswer>>();

/** The fields of a signal in the window on display; asked once a run. */
export function fieldsOf(signal: Signal, abort: AbortSignal): Promise<FieldsAnswer> {
  const window = resolveWindow(view.get(), run.get());
  const path = pathOf("fields", [["signal", signal], ["from", String(window.from)], ["to", String(window.to)]]);
  const known = fieldNames.get(path);
  if (known) return known;
  // The answer is shared, so that it must not end with the one who asked first.
  const asked = fetchJSON<FieldsAnswer>(path, new AbortController().signal);
  fieldNames.set(path, asked);
  asked.catch(() => fieldNames.delete(path));
  if (fieldNames.size > 12) fieldNames.delete([...fieldNames.keys()][0]);
  abort.throwIfAborted?.();
  return asked;
}

/** Suggests field names. */
export async function suggestFields(signal: Signal, text: string, abort: AbortSignal): Promise<Suggestion[]> {
  const answer = await fieldsOf(signal, abort);
  const wanted = text.toLowerCase();
  const rank = (name: string): number => (name.toLowerCase().startsWith(wanted) ? 0 : 1);
  const named = new Map(answer.fields.map((field) => [shortName(field.name), field]));
  return [...named]
    .filter(([name, field]) => name.toLowerCase().includes(wanted) || field.name.toLowerCase().startsWith(wanted))
    .sort(([a], [b]) => rank(a) - rank(b) || a.length - b.length)
    .slice(0, 30)
    .map(([name, field]) => ({ text: name, note: `${field.scope}${field.types.length ? ` · ${field.types.join(", ")}` : ""}` }));
}

/** Suggests values of a field, most frequent first. */
export async function suggestValues(signal: Signal, field: string, prefix: string, abort: AbortSignal): Promise<Suggestion[]> {
  const window = resolveWindow(view.get(), run.get());
  const answer = await fetchJSON<FieldValues>(
    pathOf("fields/values", [["signal", signal], ["field", field], ["from", String(window.from)], ["to", String(window.to)], ["prefix", prefix], ["limit", "20"]]),
    abort,
  );
  return answer.values.map((item) => ({ text: valueText(item.value), note: compactCount(item.count) }));
}
