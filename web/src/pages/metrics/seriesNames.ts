import { valueText } from "../../core/format";
import { Attributes } from "../../core/model";

/** Fields that name a series before others do. */
const preferred = ["service.name", "resource.service.name", "http.route", "name"];

/** A key as text, with its fields or, of a single one, the value alone. */
function textOf(key: Attributes, fields: readonly string[]): string {
  if (fields.length === 0) return "all";
  if (fields.length === 1) return valueText(key[fields[0]]) || `${fields[0]} empty`;
  return fields.map((field) => `${field.replace(/^resource\./, "")}=${valueText(key[field])}`).join(", ");
}

/**
 * Short names of series: as few of their fields as tell them apart, the whole key when no fewer do.
 *
 * - Returns: names in the order of the keys, all different when the keys are.
 */
export function seriesNames(keys: readonly Attributes[]): string[] {
  const all = [...new Set(keys.flatMap((key) => Object.keys(key)))];
  const different = (fields: readonly string[]): number => new Set(keys.map((key) => JSON.stringify(fields.map((field) => key[field] ?? null)))).size;
  const wanted = different(all);
  const chosen: string[] = [];
  const rest = all.slice().sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  while (rest.length > 0 && (chosen.length === 0 || different(chosen) < wanted)) {
    const before = different(chosen);
    // The field that tells most apart; of equal ones the preferred.
    const best = rest.reduce((found, field) => (different([...chosen, field]) > different([...chosen, found]) ? field : found), rest[0]);
    const named = chosen.length === 0 && rank(rest[0]) < preferred.length && different([rest[0]]) > 1 ? rest[0] : best;
    if (chosen.length > 0 && different([...chosen, named]) === before) break;
    chosen.push(named);
    rest.splice(rest.indexOf(named), 1);
  }
  const fields = different(chosen) === wanted ? chosen : all;
  return keys.map((key) => textOf(key, keys.length === 1 ? Object.keys(key) : fields));
}

function rank(field: string): number {
  const place = preferred.indexOf(field);
  return place < 0 ? preferred.length : place;
}
