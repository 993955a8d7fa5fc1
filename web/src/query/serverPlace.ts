import { APIError } from "../core/api";

/** Where the three APIs say a mistake is: line and column, both from one, the column in UTF-8 bytes. */
const forms = [
  /^(?:invalid parameter "query": )?(?<line>\d+):(?<column>\d+): (?:parse error: )?(?<message>[^]*)$/,
  /^(?:invalid TraceQL query: )?parse error at line (?<line>\d+), col (?<column>\d+): (?<message>[^]*)$/,
  /^(?:invalid TraceQL query: )?(?<message>[^]*) \(line (?<line>\d+), col (?<column>\d+)\)$/,
];

/** What a server said about a query, with its place in the text when it named one. */
export function placedError(error: APIError, query: string): APIError {
  if (error.status < 400 || error.status >= 500 || error.status === 401 || error.status === 403) return error;
  const groups = forms.map((form) => form.exec(error.message)?.groups).find((found) => found !== undefined);
  if (!groups) return new APIError(error.status, error.code, error.message, error.requestID, "q");
  const bytes = new TextEncoder().encode(query);
  let start = 0;
  for (let line = 1; line < Number(groups.line); line += 1) start = bytes.indexOf(10, start) + 1;
  const position = Math.min(start + Number(groups.column) - 1, bytes.length);
  const rest = new TextDecoder().decode(bytes.slice(position));
  const token = /^(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[\w.:]+|\S)/.exec(rest)?.[0] ?? "";
  return new APIError(error.status, error.code, groups.message, error.requestID, "q", position, new TextEncoder().encode(token).length);
}
