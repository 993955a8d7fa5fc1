import { apiBase } from "./router";
import { readStream, StreamMessage, StreamOutcome } from "./ndjson";
import { requests } from "./scheduler";
import { Store } from "./store";

/** An answer that is no success, with what the server said about it. */
export class APIError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestID: string,
    readonly parameter?: string,
    readonly position?: number,
    readonly length?: number,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** Parameters of a question, in order; repeated keys are allowed. */
export type Parameters = [string, string][];

/** Whether the server answers, and whether it wants a token. */
export type Connection = { state: "online" } | { state: "offline"; attempt: number; retryAt: number } | { state: "unauthorised"; wrong: boolean };

export const connection = new Store<Connection>({ state: "online" });

const tokenKey = "sightline.token";

/** The token of this tab; it is kept in the tab's session only. */
export function token(): string | null {
  try {
    return sessionStorage.getItem(tokenKey);
  } catch {
    return null;
  }
}

/** Keeps a token for this tab. */
export function setToken(value: string): void {
  sessionStorage.setItem(tokenKey, value);
  connection.set({ state: "online" });
}

/** The address of a question. */
export function apiURL(path: string, parameters: Parameters): string {
  const url = new URL(path, apiBase);
  for (const [key, value] of parameters) url.searchParams.append(key, value);
  return url.href;
}

/** Asks for one JSON answer. */
export async function fetchJSON<T>(path: string, signal: AbortSignal, headers: Record<string, string> = {}): Promise<T> {
  return requests.run(signal, async () => {
    const response = await send(path, signal, headers);
    return (await response.json()) as T;
  });
}

/** Asks for a stream and hands over its messages. */
export async function fetchStream(path: string, signal: AbortSignal, receive: (message: StreamMessage) => void): Promise<StreamOutcome> {
  return requests.run(signal, async () => {
    const response = await send(path, signal);
    return response.body === null ? "cut" : readStream(response.body, receive);
  });
}

/** The error of an answer that is no success: the own envelope, Prometheus' one, or the plain text of Loki and Tempo. */
export function readFailure(text: string, status: number, requestID: string): APIError {
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch {
    if (text.trim() !== "") return new APIError(status, "plain", text.trim(), requestID);
  }
  const message = (body as Record<string, unknown> | null)?.error;
  return typeof message === "string" ? new APIError(status, "prometheus", message, requestID) : readError(body, status, requestID);
}

/** The error of a message `{"k":"error"}` or of an error answer. */
export function readError(body: unknown, status: number, requestID: string): APIError {
  const error = ((body as Record<string, unknown> | null)?.error ?? {}) as Record<string, unknown>;
  const text = (name: string): string | undefined => (typeof error[name] === "string" ? (error[name] as string) : undefined);
  const number = (name: string): number | undefined => (typeof error[name] === "number" ? (error[name] as number) : undefined);
  return new APIError(
    status, text("code") ?? "unknown", text("message") ?? `the server answered ${status}`, text("request_id") ?? requestID,
    text("parameter"), number("position"), number("length"), text("hint"),
  );
}

async function send(path: string, signal: AbortSignal, more: Record<string, string> = {}): Promise<Response> {
  const headers: Record<string, string> = { ...more };
  const secret = token();
  if (secret !== null) headers.authorization = `Bearer ${secret}`;
  let response: Response;
  try {
    response = await fetch(new URL(path, apiBase).href, { headers, signal, cache: "no-store" });
  } catch (failure) {
    if ((failure as Error).name === "AbortError") throw failure;
    wentOffline();
    throw new APIError(0, "offline", "the server does not answer", "");
  }
  if (connection.get().state === "offline") connection.set({ state: "online" });
  if (response.ok) return response;
  const requestID = response.headers.get("x-request-id") ?? "";
  if (response.status === 401) connection.set({ state: "unauthorised", wrong: secret !== null });
  throw readFailure(await response.text(), response.status, requestID);
}

let probe: ReturnType<typeof setTimeout> | undefined;

/** Starts to look for the server again, with a growing pause up to 15 s. */
function wentOffline(): void {
  const before = connection.get();
  if (before.state === "offline") return;
  attempt(0);
}

function attempt(number: number): void {
  const pause = Math.min(15e3, 1e3 * 2 ** number);
  connection.set({ state: "offline", attempt: number, retryAt: Date.now() + pause });
  clearTimeout(probe);
  probe = setTimeout(() => void retryConnection(number), pause);
}

/** Looks whether the server is back. */
export async function retryConnection(number = 0): Promise<void> {
  clearTimeout(probe);
  try {
    await fetch(new URL("status", apiBase).href, { cache: "no-store" });
    connection.set({ state: "online" });
    for (const listener of reconnected) listener();
  } catch {
    attempt(number + 1);
  }
}

/** Called when the server is back. */
export const reconnected = new Set<() => void>();
