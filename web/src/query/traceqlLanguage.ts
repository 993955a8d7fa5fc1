import { Completion, QueryLanguage } from "./language";
import { caretIn, conditionAt } from "./caret";
import { Candidate, compatiblePath, fitting, placed, remembered, windowOnDisplay } from "./sources";
import { checkBrackets, piecesOf, quoted, Syntax, Token, tokensOf } from "./syntax";

const keywords = new Set(["by", "with", "true", "false", "nil", "ok", "error", "unset", "server", "client", "internal", "producer", "consumer", "unspecified"]);
const syntax: Syntax = { word: /\.?[A-Za-z_][\w.:/-]*/y, keywords };

const metricsFunctions = ["rate", "count_over_time", "sum_over_time", "avg_over_time", "min_over_time", "max_over_time", "quantile_over_time", "histogram_over_time", "compare"];

const pipeline: Candidate[] = [
  ...metricsFunctions.map((name) => ({ label: name, note: "metrics" })),
  ...["count", "avg", "min", "max", "sum"].map((name) => ({ label: name, note: "of a spanset" })),
  ...["select", "by", "coalesce", "topk", "bottomk"].map((name) => ({ label: name, note: "stage" })),
].map((one) => ({ ...one, insert: `${one.label}(`, continues: true }));

const relations: Candidate[] = [
  ["| ", "pipeline"], [">> ", "descendants"], ["> ", "children"], ["<< ", "ancestors"], ["< ", "parents"], ["~ ", "siblings"], ["&& ", "both"], ["|| ", "either"],
].map(([label, note]) => ({ label: label.trim(), note, insert: label, continues: true }));

/** TraceQL with completion from the attributes of the spans. */
export const traceqlLanguage: QueryLanguage = {
  id: "traceql",
  title: "TraceQL",
  placeholder: "{ resource.service.name = \"checkout\" && duration > 500ms } >> { status = error }",
  check: (text) => checkBrackets(text, syntax),
  pieces: (text) => piecesOf(text, syntax),
  examples: ["{ status = error }", "{ duration > 1s }", "{ kind = server } >> { status = error }", "{ kind = server } | rate() by (resource.service.name)"],
  complete,
};

/** Whether a query asks for numbers over time rather than for traces. */
export function isMetricsQuery(text: string): boolean {
  const tokens = tokensOf(text, syntax);
  return tokens.some((token, index) => token.kind === "word" && metricsFunctions.includes(token.text) && tokens[index - 1]?.text === "|" && tokens[index + 1]?.text === "(");
}

function ask<T>(path: string, parameters: [string, string][] = []): Promise<T> {
  const window = windowOnDisplay();
  return remembered<T>(compatiblePath(`tempo/api/v2/${path}`, [["start", String(Math.floor(window.from / 1000))], ["end", String(Math.ceil(window.to / 1000))], ...parameters]));
}

/** Comparisons that the field is likely to be asked with. */
const usual: Record<string, string> = { duration: " > ", traceDuration: " > " };

async function attributes(): Promise<Candidate[]> {
  const { scopes } = await ask<{ scopes: { name: string; tags: string[] }[] }>("search/tags");
  return scopes.flatMap((scope) => scope.tags.map((tag) => {
    const label = scope.name === "intrinsic" ? tag : `${scope.name}.${/^[\w./-]+$/.test(tag) ? tag : quoted(tag)}`;
    return { label, note: scope.name, insert: `${label}${usual[label] ?? " = "}`, continues: true };
  })).sort((a, b) => Number(b.note === "intrinsic" && !b.label.includes(":")) - Number(a.note === "intrinsic" && !a.label.includes(":")));
}

async function complete(text: string, position: number): Promise<Completion[]> {
  const caret = caretIn(text, position, syntax);
  const { typed, bracket, before } = caret;
  const from = typed?.from ?? position;
  const word = typed?.text ?? "";
  const give = (candidates: Candidate[], typedText = word): Completion[] => placed(fitting(candidates, typedText), text, from, caret.end);
  const previous: Token | undefined = before[before.length - 1];
  const inFields = before.some((token, index) => token.text === "{" && !before.slice(index).some((other) => other.text === "}")) || (bracket?.text === "(" && before.some((token) => token.text === "}"));
  if (!inFields) {
    if (previous?.text === "|") return give(pipeline);
    if (previous?.kind === "close") return typed === null ? give(relations) : give([{ label: "by", note: "group", insert: "by (", continues: true }]);
    if (previous === undefined || previous.kind === "operator") return give([{ label: "{", note: "spans that match", insert: "{ ", continues: true }]);
    return [];
  }
  // A word may be the value of an enumeration as well as the name of the next attribute.
  const [label, operator] = before.slice(-2);
  const compared = conditionAt(caret, /^(=|!=|=~|!~)$/) ?? (typed?.kind === "word" && label?.kind === "word" && operator && /^(=|!=)$/.test(operator.text) ? { label, operator } : null);
  if (compared) {
    const values = await ask<{ tagValues: { type: string; value: string }[] }>(`search/tag/${encodeURIComponent(encodeURIComponent(compared.label.text))}/values`);
    return give(values.tagValues.map(({ type, value }) => ({ label: value, note: type, insert: type === "string" ? quoted(value) : value })), word.replace(/^["'`]/, ""));
  }
  if (typed !== null && typed.kind !== "word") return [];
  if (previous?.kind === "operator" && /^[<>]=?$/.test(previous.text)) return give(["100ms", "500ms", "1s", "5s"].map((value) => ({ label: value })));
  const isComplete = previous !== undefined && (previous.kind === "word" || previous.kind === "number" || previous.kind === "string" || previous.kind === "close");
  if (isComplete) return typed === null && bracket?.text === "{" ? give([{ label: "&&", note: "and", insert: "&& ", continues: true }, { label: "||", note: "or", insert: "|| ", continues: true }, { label: "}", note: "end" }]) : [];
  const names = await attributes();
  const grouped = bracket?.text === "(" && !before.some((token, index) => token.text === "{" && !before.slice(index).some((other) => other.text === "}"));
  return give(grouped ? names.map(({ label: name, note }) => ({ label: name, note })) : names);
}
