/** One thing that may be written at the caret. Positions count UTF-16 units of the text. */
export interface Completion {
  label: string;
  note?: string;
  /** The part of the text that it takes the place of. */
  from: number;
  to: number;
  insert: string;
  /** More can be completed right behind it, e.g. a value behind a field. */
  continues?: boolean;
}

/** What is wrong with a query, and where. */
export interface QueryProblem {
  message: string;
  from: number;
  to: number;
  hint?: string;
}

/** A piece of a query with the kind of thing that it is; pieces lie side by side and make the whole text. */
export interface Piece {
  text: string;
  kind: "plain" | "function" | "keyword" | "label" | "string" | "number" | "operator" | "comment";
}

/** What the query field needs to know of a language. */
export interface QueryLanguage {
  /** As the URL and the server name it. */
  id: string;
  title: string;
  placeholder: string;
  /** What may be written at a position; an aborted call is not looked at. */
  complete: (text: string, position: number, signal: AbortSignal) => Promise<Completion[]>;
  /** What can be said without the server; the server has the last word. */
  check: (text: string) => QueryProblem | null;
  /** The text in pieces that are coloured by their kind; a language without it is not coloured. */
  pieces?: (text: string) => Piece[];
  /** Offered while the field is empty. */
  examples?: readonly string[];
}

/** The UTF-16 position of a position in UTF-8 bytes. */
export function positionOfByte(text: string, byte: number): number {
  let bytes = 0;
  let position = 0;
  for (const character of text) {
    if (bytes >= byte) return position;
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    position += character.length;
  }
  return position;
}

/** The UTF-8 bytes of the token that a text begins with: what is wrong reaches to its end. */
export function tokenLength(text: string): number {
  const token = /^(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[\w.:]+|\S)/.exec(text)?.[0] ?? "";
  return new TextEncoder().encode(token).length;
}

/** The server's complaint about a query as a problem in its text. */
export function problemOf(text: string, error: { message: string; position?: number; length?: number; hint?: string }): QueryProblem {
  const from = error.position === undefined ? 0 : positionOfByte(text, error.position);
  const to = error.position === undefined ? 0 : positionOfByte(text, error.position + Math.max(1, error.length ?? tokenLength(text.slice(from))));
  return { message: error.message, hint: error.hint, from, to: Math.max(from, to) };
}
