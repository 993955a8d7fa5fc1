import { Completion, QueryLanguage } from "./language";
import { caretIn, conditionAt } from "./caret";
import { Candidate, compatiblePath, fitting, placed, rangeCandidates, remembered, windowOnDisplay } from "./sources";
import { checkBrackets, piecesOf, quoted, Syntax, Token, tokensOf } from "./syntax";

const keywords = new Set(["by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "offset", "bool", "atan2"]);
const syntax: Syntax = { word: /[A-Za-z_:][\w:]*/y, keywords };

/** What stands in parentheses behind these words are labels. */
const grouping = new Set(["by", "without", "on", "ignoring", "group_left", "group_right"]);

/** PromQL with completion from the server's metrics. */
export const promqlLanguage: QueryLanguage = {
  id: "promql",
  title: "PromQL",
  placeholder: "sum by (service_name) (rate(http_server_request_duration_seconds_count[5m]))",
  check: (text) => checkBrackets(text, syntax),
  pieces: (text) => piecesOf(text, syntax),
  complete,
};

interface Data<T> {
  data: T;
}

function ask<T>(path: string, parameters: [string, string][]): Promise<T> {
  const window = windowOnDisplay();
  const times: [string, string][] = [["start", String(window.from / 1000)], ["end", String(window.to / 1000)]];
  return remembered<Data<T>>(compatiblePath(`prometheus/api/v1/${path}`, [...times, ...parameters])).then((answer) => answer.data);
}

type Metadata = Record<string, { type: string; help: string; unit: string }[]>;
type Features = { promql_functions?: Record<string, boolean>; promql_operators?: Record<string, boolean> };

async function metrics(): Promise<Candidate[]> {
  const [names, metadata] = await Promise.all([ask<string[]>("label/__name__/values", []), remembered<Data<Metadata>>("../../prometheus/api/v1/metadata")]);
  return names.map((name) => {
    const known = (metadata.data[name] ?? metadata.data[name.replace(/_(bucket|count|sum)$/, "")])?.[0];
    return { label: name, note: known ? [known.type, known.unit].filter((text) => text && text !== "unknown").join(" · ") || "metric" : "metric" };
  });
}

async function functions(): Promise<Candidate[]> {
  const features = (await remembered<Data<Features>>("../../prometheus/api/v1/features")).data;
  const named = (names: Record<string, boolean> | undefined, note: string): Candidate[] =>
    Object.keys(names ?? {}).filter((name) => names?.[name] && /^[a-z]\w*$/.test(name) && !keywords.has(name)).sort().map((name) => ({ label: name, note, insert: `${name}(`, continues: true }));
  return [...named(features.promql_operators, "aggregation"), ...named(features.promql_functions, "function")];
}

/** A selector of the metrics that the tokens name, so that only their labels are offered. */
function selectorOf(tokens: readonly Token[]): [string, string][] {
  const names = tokens.filter((token, index) => token.kind === "word" && !keywords.has(token.text) && !/^(\(|by|without)$/.test(tokens[index + 1]?.text ?? "") && isMetric(tokens, index)).map((token) => token.text);
  return [...new Set(names)].slice(0, 8).map((name) => ["match[]", `{__name__=${quoted(name)}}`]);
}

/** Whether a word is a metric: it stands in no braces, and in no list of labels. */
function isMetric(tokens: readonly Token[], index: number): boolean {
  const open: number[] = [];
  for (let at = 0; at < index; at += 1) {
    if (tokens[at].kind === "open") open.push(at);
    else if (tokens[at].kind === "close") open.pop();
  }
  const bracket = open.pop();
  return bracket === undefined || (tokens[bracket].text === "(" && !(bracket > 0 && grouping.has(tokens[bracket - 1].text)));
}

async function complete(text: string, position: number): Promise<Completion[]> {
  const caret = caretIn(text, position, syntax);
  const { typed, bracket, beforeBracket, before } = caret;
  const from = typed?.from ?? position;
  if (bracket?.text === "[") return placed(fitting(rangeCandidates, typed?.text ?? ""), text, from, caret.end);
  if (bracket?.text === "{") {
    const metric = beforeBracket?.kind === "word" ? selectorOf([beforeBracket]) : [];
    const condition = conditionAt(caret, /^(=|!=|=~|!~)$/);
    if (condition) {
      const label = condition.label.text.replace(/^["'`]|["'`]$/g, "");
      const values = await ask<string[]>(`label/${encodeURIComponent(label)}/values`, metric);
      return placed(fitting(values.map((value) => ({ label: value, insert: quoted(value) })), typed?.text.slice(1) ?? ""), text, from, caret.end);
    }
    const previous = before[before.length - 1];
    if (previous !== bracket && previous?.text !== ",") return [];
    const labels = await ask<string[]>("labels", metric);
    return placed(fitting(labels.filter((name) => name !== "__name__").map((name) => ({ label: name, note: "label", insert: `${name}=`, continues: true })), typed?.text ?? ""), text, from, caret.end);
  }
  if (bracket?.text === "(" && beforeBracket && grouping.has(beforeBracket.text)) {
    const labels = await ask<string[]>("labels", selectorOf(tokensOf(text, syntax).filter((token) => token.from !== typed?.from)));
    return placed(fitting(labels.filter((name) => name !== "__name__").map((name) => ({ label: name, note: "label" })), typed?.text ?? ""), text, from, caret.end);
  }
  if (typed !== null && typed.kind !== "word") return [];
  const previous: Token | undefined = before[before.length - 1];
  const isComplete = previous !== undefined && (previous.kind === "close" || previous.kind === "number" || previous.kind === "string" || (previous.kind === "word" && !keywords.has(previous.text)));
  if (isComplete && typed === null) return [];
  const [named, functionNames] = await Promise.all([metrics(), functions()]);
  const words = [...keywords].map((word) => ({ label: word, note: "keyword", insert: `${word} ` }));
  return placed(isComplete ? fitting(words, typed?.text ?? "") : fitting([...functionNames, ...named], typed?.text ?? ""), text, from, caret.end);
}
