import { Parameters } from "./api";

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;
}

/** A question to the API as a command for curl; the token is the shell's, never the page's. */
export function curlCommand(url: string, withToken: boolean): string {
  const words = ["curl", "-sS", "--compressed", shellWord(url)];
  return withToken ? `${words.join(" ")} -H "Authorization: Bearer $SIGHTLINE_TOKEN"` : words.join(" ");
}

const usualServer = "http://127.0.0.1:4319";

/** The option that names the server, where it is not the usual one. */
function serverOption(server: string): string[] {
  return server === usualServer ? [] : ["--server", shellWord(server)];
}

/** `sightline query …` for a question with the parameters of a search. */
export function queryCommand(server: string, signal: "logs" | "traces" | "spans", parameters: Parameters): string {
  const words = ["sightline", "query", ...serverOption(server)];
  if (signal !== "logs") words.push("--signal", signal);
  const options: Record<string, string> = { from: "--from", to: "--to", f: "--filter", limit: "--limit" };
  let query = "";
  for (const [key, value] of parameters) {
    if (key === "q") query = value;
    else if (options[key]) words.push(options[key], shellWord(value));
  }
  if (query !== "") words.push("--", shellWord(query));
  return words.join(" ");
}

/** `sightline trace ID`. */
export function traceCommand(server: string, id: string): string {
  return ["sightline", "trace", ...serverOption(server), id].join(" ");
}
