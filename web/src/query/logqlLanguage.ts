import { Completion, QueryLanguage } from "./language";
import { caretIn, conditionAt } from "./caret";
import { Candidate, compatiblePath, fitting, placed, rangeCandidates, remembered, windowOnDisplay } from "./sources";
import { checkBrackets, piecesOf, quoted, Syntax, Token } from "./syntax";

const stages = ["json", "logfmt", "pattern", "regexp", "unpack", "line_format", "label_format", "unwrap", "decolorize", "drop", "keep"];
const keywords = new Set([...stages, "by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "offset", "bool"]);
const syntax: Syntax = { word: /[A-Za-z_][\w]*/y, keywords };
const grouping = new Set(["by", "without", "on", "ignoring", "group_left", "group_right"]);

const stageCandidates: Candidate[] = [
  ["json", "fields of JSON lines"], ["logfmt", "fields of key=value lines"], ["pattern", "fields by place: \"<ip> - <_>\""], ["regexp", "fields by named groups"], ["unpack", "packed lines"],
  ["line_format", "another line from a template"], ["label_format", "another label"], ["unwrap", "a label's number as the value"], ["decolorize", "without terminal colours"], ["drop", "labels away"], ["keep", "only these labels"],
].map(([label, note]) => ({ label, note, insert: ["json", "logfmt", "unpack", "decolorize"].includes(label) ? label : ["pattern", "regexp", "line_format"].includes(label) ? `${label} "` : `${label} ` }));

const operatorCandidates: Candidate[] = [
  ["|= \"", "line holds"], ["!= \"", "line holds not"], ["|~ \"", "line matches"], ["!~ \"", "line matches not"], ["| json", "fields of JSON lines"], ["| logfmt", "fields of key=value lines"],
].map(([label, note]) => ({ label, note }));

const functions: Candidate[] = [
  ...["rate", "count_over_time", "bytes_rate", "bytes_over_time", "rate_counter", "sum_over_time", "avg_over_time", "max_over_time", "min_over_time", "first_over_time", "last_over_time", "stdvar_over_time", "stddev_over_time", "quantile_over_time", "absent_over_time"].map((name) => ({ label: name, note: "over a range" })),
  ...["sum", "avg", "min", "max", "count", "topk", "bottomk", "stddev", "stdvar", "sort", "sort_desc", "approx_topk"].map((name) => ({ label: name, note: "aggregation" })),
  ...["label_replace", "vector"].map((name) => ({ label: name, note: "function" })),
].map((one) => ({ ...one, insert: `${one.label}(`, continues: true }));

/** LogQL with completion from the labels and fields of the lines. */
export const logqlLanguage: QueryLanguage = {
  id: "logql",
  title: "LogQL",
  placeholder: "{service_name=\"checkout\"} |= \"timeout\" | json | status >= 500",
  check: (text) => checkBrackets(text, syntax),
  pieces: (text) => piecesOf(text, syntax),
  complete,
};

function ask<T>(path: string, parameters: [string, string][]): Promise<T> {
  const window = windowOnDisplay();
  return remembered<T>(compatiblePath(`loki/api/v1/${path}`, [["start", `${Math.floor(window.from)}000000`], ["end", `${Math.ceil(window.to)}000000`], ...parameters]));
}

/** The selector that the caret's place belongs to, when it is written already. */
function selectorBefore(text: string, tokens: readonly Token[]): [string, string][] {
  const close = tokens.map((token) => token.text).lastIndexOf("}");
  const open = tokens.slice(0, close + 1).map((token) => token.text).lastIndexOf("{");
  return close < 0 || open < 0 ? [] : [["query", text.slice(tokens[open].from, tokens[close].to)]];
}

async function fieldNames(selector: [string, string][]): Promise<Candidate[]> {
  const [labels, fields] = await Promise.all([
    ask<{ data: string[] }>("labels", []),
    selector.length > 0 ? ask<{ fields: { label: string; type: string }[] }>("detected_fields", selector) : Promise.resolve({ fields: [] }),
  ]);
  const detected = (fields.fields ?? []).map((field) => ({ label: field.label, note: `field · ${field.type}` }));
  const known = new Set(detected.map((field) => field.label));
  return [...detected, ...labels.data.filter((name) => !known.has(name)).map((name) => ({ label: name, note: "label" }))];
}

async function complete(text: string, position: number): Promise<Completion[]> {
  const caret = caretIn(text, position, syntax);
  const { typed, bracket, beforeBracket, before } = caret;
  const from = typed?.from ?? position;
  const word = typed?.text ?? "";
  const give = (candidates: Candidate[], typedText = word): Completion[] => placed(fitting(candidates, typedText), text, from, caret.end);
  const previous: Token | undefined = before[before.length - 1];
  const condition = conditionAt(caret, /^(=|==|!=|=~|!~)$/);
  if (bracket?.text === "[") return give(rangeCandidates);
  if (bracket?.text === "{") {
    if (condition) {
      const values = await ask<{ data: string[] }>(`label/${encodeURIComponent(condition.label.text)}/values`, []);
      return give(values.data.map((value) => ({ label: value, insert: quoted(value) })), word.slice(1));
    }
    if (previous !== bracket && previous?.text !== ",") return [];
    return give((await ask<{ data: string[] }>("labels", [])).data.map((name) => ({ label: name, note: "label", insert: `${name}=`, continues: true })));
  }
  const selector = selectorBefore(text, before);
  if (bracket?.text === "(" && beforeBracket && grouping.has(beforeBracket.text)) return give(await fieldNames(selector.length > 0 ? selector : selectorBefore(text, caretIn(text, text.length, syntax).before)));
  if (condition?.label.kind === "word") {
    const found = await ask<{ values?: string[] }>(`detected_field/${encodeURIComponent(condition.label.text)}/values`, selector);
    return give((found.values ?? []).map((value) => ({ label: value, insert: quoted(value) })), word.replace(/^["'`]/, ""));
  }
  if (typed?.isOpen) return [];
  if (previous?.text === "|" || (previous?.kind === "word" && ["unwrap", "drop", "keep", "and", "or"].includes(previous.text))) {
    const fields = await fieldNames(selector);
    return give(previous.text === "|" ? [...stageCandidates, ...fields] : fields);
  }
  if (previous?.text === "}" || (previous?.kind === "string" && before.some((token) => token.text === "}"))) return typed === null ? give(operatorCandidates) : [];
  if (typed !== null && typed.kind !== "word") return [];
  if (previous?.kind === "close") return typed === null ? [] : give([...keywords].filter((name) => !stages.includes(name)).map((name) => ({ label: name, note: "keyword", insert: `${name} ` })));
  return give([...functions, { label: "{", note: "lines of streams", continues: true }]);
}
