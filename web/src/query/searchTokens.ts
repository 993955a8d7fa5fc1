/** A piece of search-bar text. */
export interface SearchToken {
  kind: "open" | "close" | "minus" | "keyword" | "word" | "phrase" | "field" | "operator" | "value" | "pattern";
  from: number;
  to: number;
  /** A field's name without its quotes and colon; else the text as written. */
  text: string;
  /** A phrase or a field's name whose quote does not end. */
  open?: boolean;
  /** The field whose value this is. */
  field?: string;
}

const keywords = /^(and|or|not)$/i;
const operators = [">=", "<=", ">", "<", "="];

/** Cuts search-bar text into pieces; every text can be cut, what is wrong with it is said elsewhere. */
export function searchTokens(text: string): SearchToken[] {
  const tokens: SearchToken[] = [];
  /** The field in front of each open parenthesis: `route:(a or b)`. */
  const groups: (string | undefined)[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    if (/\s/.test(character)) {
      at += 1;
      continue;
    }
    const field = pendingField(tokens, at);
    if (character === "(" || character === ")") {
      tokens.push({ kind: character === "(" ? "open" : "close", from: at, to: at + 1, text: character });
      if (character === "(") groups.push(field ?? groups[groups.length - 1]);
      else groups.pop();
      at += 1;
      continue;
    }
    const owner = field ?? groups[groups.length - 1];
    const operator = field !== undefined || tokens[tokens.length - 1]?.kind === "open" ? operators.find((candidate) => text.startsWith(candidate, at)) : undefined;
    if (field !== undefined && operator) {
      tokens.push({ kind: "operator", from: at, to: at + operator.length, text: operator, field });
      at += operator.length;
      continue;
    }
    if (character === "-" && field === undefined && at + 1 < text.length && !/\s/.test(text[at + 1])) {
      tokens.push({ kind: "minus", from: at, to: at + 1, text: "-" });
      at += 1;
      continue;
    }
    const token = character === "\"" ? quoted(text, at, owner) : character === "/" && field !== undefined ? pattern(text, at, field) : bare(text, at, field, owner);
    tokens.push(token);
    at = token.to;
  }
  return tokens;
}

/** The field whose value begins here: the token right before is its colon or its comparison. */
function pendingField(tokens: SearchToken[], at: number): string | undefined {
  const last = tokens[tokens.length - 1];
  if (!last || last.to !== at) return undefined;
  return last.kind === "field" ? last.text : last.kind === "operator" ? last.field : undefined;
}

function quoted(text: string, from: number, field: string | undefined): SearchToken {
  let at = from + 1;
  while (at < text.length && text[at] !== "\"") at += text[at] === "\\" ? 2 : 1;
  if (at >= text.length) return { kind: "phrase", from, to: text.length, text: text.slice(from), open: true, field };
  if (text[at + 1] === ":") return { kind: "field", from, to: at + 2, text: text.slice(from + 1, at).replace(/\\(.)/g, "$1") };
  return { kind: "phrase", from, to: at + 1, text: text.slice(from, at + 1), field };
}

/** A regular expression, when an unescaped `/` ends it at the end of a word; else `/cart/items` is a word. */
function pattern(text: string, from: number, field: string): SearchToken {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "/") {
      if (at + 1 < text.length && !/[\s)]/.test(text[at + 1])) break;
      return { kind: "pattern", from, to: at + 1, text: text.slice(from, at + 1), field };
    }
  }
  return bare(text, from, field, field);
}

function bare(text: string, from: number, field: string | undefined, owner: string | undefined): SearchToken {
  let at = from;
  while (at < text.length && !/[\s()"]/.test(text[at])) {
    if (text[at] === ":" && field === undefined && at > from) return { kind: "field", from, to: at + 1, text: text.slice(from, at) };
    at += text[at] === "\\" ? 2 : 1;
  }
  // A quote or a parenthesis that begins nothing here is taken as it is, so that every step moves on.
  const to = Math.min(text.length, Math.max(at, from + 1));
  const word = text.slice(from, to);
  if (field === undefined && keywords.test(word)) return { kind: "keyword", from, to, text: word.toLowerCase() };
  return { kind: owner === undefined ? "word" : "value", from, to, text: word, field: owner };
}
