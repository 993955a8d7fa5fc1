import { Piece, QueryProblem } from "./language";

/** One token of a query; blanks lie between tokens. */
export interface Token {
  kind: "word" | "string" | "number" | "open" | "close" | "operator" | "comment";
  text: string;
  from: number;
  to: number;
  /** A string without its closing quote. */
  isOpen?: boolean;
}

/** How a language's tokens look. */
export interface Syntax {
  /** A word, sticky. */
  word: RegExp;
  keywords: ReadonlySet<string>;
}

const number = /(?:0[xX][\da-fA-F]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)(?:[a-zA-Zµ]+(?:\d+[a-zA-Zµ]+)*)?/y;
const operator = /[=!<>~&|+\-*/%^@:.]+|,/y;
const closing: Record<string, string> = { "(": ")", "[": "]", "{": "}" };

/** Cuts a query into tokens; what no language has is left out. */
export function tokensOf(text: string, syntax: Syntax): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  while (at < text.length) {
    const from = at;
    const character = text[at];
    const add = (kind: Token["kind"], to: number, isOpen = false): void => {
      tokens.push({ kind, text: text.slice(from, to), from, to, ...(isOpen ? { isOpen } : {}) });
      at = to;
    };
    let found: string | null;
    if (/\s/.test(character)) at += 1;
    else if (character === "#") {
      const end = text.indexOf("\n", at);
      add("comment", end < 0 ? text.length : end);
    } else if (character === "\"" || character === "'" || character === "`") {
      const end = endOfString(text, at);
      add("string", end ?? text.length, end === null);
    } else if (character in closing) add("open", at + 1);
    else if (")]}".includes(character)) add("close", at + 1);
    else if ((found = match(syntax.word))) add("word", at + found.length);
    else if ((found = match(number))) add("number", at + found.length);
    else if ((found = match(operator))) add("operator", at + found.length);
    else at += 1;
  }
  return tokens;
}

/** The position behind a string's closing quote; null without one. */
function endOfString(text: string, from: number): number | null {
  const quote = text[from];
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === "\\" && quote !== "`") at += 1;
    else if (text[at] === quote) return at + 1;
  }
  return null;
}

/** The brackets that are open behind the tokens, outermost first, each with the index of its token. */
export function openBrackets(tokens: readonly Token[]): number[] {
  const open: number[] = [];
  tokens.forEach((token, index) => {
    if (token.kind === "open") open.push(index);
    else if (token.kind === "close") open.pop();
  });
  return open;
}

/** What is wrong with a query's quotes and brackets. */
export function checkBrackets(text: string, syntax: Syntax): QueryProblem | null {
  const open: Token[] = [];
  for (const token of tokensOf(text, syntax)) {
    if (token.isOpen) return { message: "the quote is not closed", from: token.from, to: token.to };
    if (token.kind === "open") open.push(token);
    if (token.kind !== "close") continue;
    const opened = open.pop();
    if (!opened || closing[opened.text] !== token.text) return { message: `“${token.text}” closes nothing`, from: token.from, to: token.to };
  }
  const left = open.pop();
  return left ? { message: `“${left.text}” is not closed`, from: left.from, to: left.to } : null;
}

/** A query in coloured pieces: a word before a parenthesis or a grouping is a function, one in braces or before an operator of a condition is a label. */
export function piecesOf(text: string, syntax: Syntax): Piece[] {
  const pieces: Piece[] = [];
  const tokens = tokensOf(text, syntax);
  const brackets: string[] = [];
  let at = 0;
  tokens.forEach((token, index) => {
    if (token.from > at) pieces.push({ text: text.slice(at, token.from), kind: "plain" });
    const next: Token | undefined = tokens[index + 1];
    let kind: Piece["kind"] = "plain";
    if (token.kind === "open") brackets.push(token.text);
    else if (token.kind === "close") brackets.pop();
    else if (token.kind !== "word") kind = token.kind;
    else if (syntax.keywords.has(token.text)) kind = "keyword";
    else if (next?.text === "(" || /^(by|without)$/.test(next?.text ?? "")) kind = "function";
    else if (brackets[brackets.length - 1] === "{" || /^(=~|!~|!=|==|=)$/.test(next?.text ?? "")) kind = "label";
    pieces.push({ text: token.text, kind });
    at = token.to;
  });
  if (at < text.length) pieces.push({ text: text.slice(at), kind: "plain" });
  return pieces;
}

/** The text as a string of a query. */
export function quoted(text: string): string {
  return `"${text.replace(/\\/g, "\\\\").replace(/"/g, "\\\"").replace(/\n/g, "\\n")}"`;
}
