import { QueryProblem } from "./language";
import { SearchToken, searchTokens } from "./searchTokens";

/** The server's limits (docs/api/README.md). */
const [longest, deepest] = [16 * 1024, 64];

/** The first thing that is wrong with search-bar text, as far as it can be said without the server. */
export function checkSearch(text: string): QueryProblem | null {
  if (new TextEncoder().encode(text).length > longest) return { message: "the query is longer than 16 KiB", from: 0, to: text.length };
  const tokens = searchTokens(text);
  const opened: SearchToken[] = [];
  for (const [index, token] of tokens.entries()) {
    const next: SearchToken | undefined = tokens[index + 1];
    if (token.kind === "open") opened.push(token);
    if (opened.length > deepest) return { message: `more than ${deepest} levels of parentheses`, from: token.from, to: token.to };
    if (token.kind === "close" && !opened.pop()) return { message: "this parenthesis closes nothing", from: token.from, to: token.to };
    if (token.open) return { message: "the quote is not closed", from: token.from, to: token.to };
    const problem = unfinished(token, next) ?? upsideDown(token);
    if (problem) return problem;
  }
  const open = opened.pop();
  return open ? { message: "this parenthesis is not closed", from: open.from, to: open.to } : null;
}

/** Something that must be followed by something else and is not. */
function unfinished(token: SearchToken, next: SearchToken | undefined): QueryProblem | null {
  const place = { from: token.from, to: token.to };
  const touching = next !== undefined && next.from === token.to && next.kind !== "close";
  if (token.kind === "field" && !touching) return { message: `expected a value after ${token.text}:`, ...place, hint: `write ${token.text}:* to ask for any value` };
  if (token.kind === "operator" && !touching) return { message: `expected a value after ${token.text}`, ...place };
  const ends = next === undefined || next.kind === "close";
  if (token.kind === "keyword" && (ends || (token.text !== "not" && next?.kind === "keyword" && next.text !== "not"))) return { message: `expected something after “${token.text}”`, ...place };
  if (token.kind === "minus" && ends) return { message: "expected something after “-”", ...place };
  if (token.kind === "open" && next?.kind === "close") return { message: "nothing stands between these parentheses", from: token.from, to: next.to };
  return null;
}

/** A range of numbers whose end is before its beginning. */
function upsideDown(token: SearchToken): QueryProblem | null {
  const range = token.kind === "value" ? /^(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)$/.exec(token.text) : null;
  if (!range || Number(range[1]) <= Number(range[2])) return null;
  return { message: "the range ends before it begins", from: token.from, to: token.to, hint: `write ${range[2]}..${range[1]}` };
}
