import { tokenLength } from "./language";

/** Where the three APIs say a mistake is: line and column, both from one, the column in UTF-8 bytes. */
const forms = [
  /^(?:invalid parameter "query": )?(?<line>\d+):(?<column>\d+): (?:parse error: )?(?<message>[^]*)$/,
  /^(?:invalid TraceQL query: )?parse error at line (?<line>\d+), col (?<column>\d+): (?<message>[^]*)$/,
  /^(?:invalid TraceQL query: )?(?<message>[^]*) \(line (?<line>\d+), col (?<column>\d+)\)$/,
];

/** What a server said about a query: the words, and their place in UTF-8 bytes where they name one. */
export interface PlacedMessage {
  message: string;
  position?: number;
  length?: number;
}

/** Finds the place in a server's words; what is wrong reaches to the end of the token that begins there. */
export function placeIn(message: string, query: string): PlacedMessage {
  const groups = forms.map((form) => form.exec(message)?.groups).find((found) => found !== undefined);
  if (!groups) return { message };
  const bytes = new TextEncoder().encode(query);
  let start = 0;
  for (let line = 1; line < Number(groups.line); line += 1) start = bytes.indexOf(10, start) + 1;
  const position = Math.min(start + Number(groups.column) - 1, bytes.length);
  return { message: groups.message, position, length: tokenLength(new TextDecoder().decode(bytes.slice(position))) };
}
