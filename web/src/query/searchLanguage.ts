import { Signal } from "../context/filters";
import { suggestFields, suggestValues } from "../context/suggestions";
import { Completion, QueryLanguage } from "./language";
import { checkSearch } from "./searchCheck";
import { SearchToken, searchTokens } from "./searchTokens";

/** Words of fields that have few, offered before the data is asked. */
const enumerations: Record<string, string[]> = {
  severity: ["error", "warn", "info", "debug", "trace", "fatal", ">=warn", ">=error"],
  status: ["error", "ok", "unset"],
  kind: ["server", "client", "internal", "producer", "consumer"],
  duration: [">100ms", ">500ms", ">1s", ">5s"],
};

/** The search bar's language over one signal. */
export function searchLanguage(signal: Signal, placeholder: string): QueryLanguage {
  return { id: "search", title: "Search", placeholder, check: checkSearch, complete: (text, position, abort) => complete(signal, text, position, abort) };
}

async function complete(signal: Signal, text: string, position: number, abort: AbortSignal): Promise<Completion[]> {
  const tokens = searchTokens(text.slice(0, position));
  const last: SearchToken | undefined = tokens[tokens.length - 1];
  if (!last || last.to < position) return [];
  if (last.kind === "field") return values(signal, last.text, "", position, position, abort);
  if (last.kind === "operator" && last.field !== undefined) return values(signal, last.field, "", position, position, abort);
  if (last.field !== undefined && (last.kind === "value" || (last.kind === "phrase" && last.open))) {
    return values(signal, last.field, last.text.replace(/^"/, "").replace(/\\(.)/g, "$1"), last.from, endOfWord(text, position, last), abort);
  }
  if (last.kind !== "word" && last.kind !== "keyword") return [];
  const to = endOfWord(text, position, last);
  const fields = await suggestFields(signal, last.text, abort);
  return fields.map((field) => {
    const name = /^[\w.]+$/.test(field.text) ? field.text : JSON.stringify(field.text);
    // A colon that is there already is not written twice.
    return { label: field.text, note: field.note, from: last.from, to: text[to] === ":" ? to + 1 : to, insert: `${name}:`, continues: true };
  });
}

/** The end of the word under the caret, so that a completion takes the place of all of it. */
function endOfWord(text: string, position: number, token: SearchToken): number {
  const rest = token.kind === "phrase" ? /^[^"]*"?/ : /^[^\s()":]*/;
  return position + (rest.exec(text.slice(position))?.[0].length ?? 0);
}

async function values(signal: Signal, field: string, prefix: string, from: number, to: number, abort: AbortSignal): Promise<Completion[]> {
  const fixed = (enumerations[field] ?? []).filter((word) => word.replace(/^[<>=]+/, "").startsWith(prefix) || word.startsWith(prefix)).map((word) => ({ label: word, from, to, insert: word }));
  if (fixed.length > 0) return fixed;
  const found = await suggestValues(signal, field, prefix, abort);
  return found.map((item) => ({ label: item.text, note: item.note, from, to, insert: /^[\w.@/-]+$/.test(item.text) && !/^\/.*\/$/.test(item.text) ? item.text : JSON.stringify(item.text) }));
}
