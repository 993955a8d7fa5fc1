import { openBrackets, Syntax, Token, tokensOf } from "./syntax";

/** What stands before the caret, as completion needs it. */
export interface Caret {
  /** The tokens before the word that is being typed. */
  before: Token[];
  /** The word, number or open string that ends at the caret; null between tokens. */
  typed: Token | null;
  /** The innermost open bracket, and the token before it. */
  bracket: Token | null;
  beforeBracket: Token | null;
  /** Tokens inside of the innermost bracket, without the one being typed. */
  inside: Token[];
  /** The end of what a completion takes the place of. */
  end: number;
}

/** Looks at a query from the caret backwards. */
export function caretIn(text: string, position: number, syntax: Syntax): Caret {
  const tokens = tokensOf(text.slice(0, position), syntax);
  const last: Token | undefined = tokens[tokens.length - 1];
  const isTyped = last !== undefined && last.to === position && (last.kind === "word" || last.kind === "number" || last.isOpen === true);
  const before = isTyped ? tokens.slice(0, -1) : tokens;
  const open = openBrackets(before).pop();
  const rest = text.slice(position);
  const end = !isTyped ? position : last.isOpen ? position + endOfOpenString(rest, last.text[0]) : position + (/^[\w.:]*/.exec(rest)?.[0].length ?? 0);
  return {
    before,
    typed: isTyped ? last : null,
    bracket: open === undefined ? null : before[open],
    beforeBracket: open === undefined || open === 0 ? null : before[open - 1],
    inside: open === undefined ? before : before.slice(open + 1),
    end,
  };
}

/** How much of the text behind the caret still belongs to the string: nothing when the next thing ends the condition. */
function endOfOpenString(rest: string, quote: string): number {
  const match = new RegExp(`^[^\\s{}()\\[\\],${quote}]*${quote}?`).exec(rest);
  return match?.[0].length ?? 0;
}

/** The label and the operator of the condition whose value is being written; null elsewhere. */
export function conditionAt(caret: Caret, operators: RegExp): { label: Token; operator: Token } | null {
  if (caret.typed && caret.typed.kind === "word") return null;
  const [label, operator] = caret.before.slice(-2);
  if (!operator || operator.kind !== "operator" || !operators.test(operator.text)) return null;
  return label.kind === "word" || label.kind === "string" ? { label, operator } : null;
}
