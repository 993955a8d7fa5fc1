/** Cuts chunks of bytes into lines; a line may arrive in any number of pieces. */
export class LineSplitter {
  private readonly decoder = new TextDecoder();
  private rest = "";

  /** Takes a chunk and gives the lines that are now complete. */
  push(chunk: Uint8Array): string[] {
    const lines = (this.rest + this.decoder.decode(chunk, { stream: true })).split("\n");
    this.rest = lines.pop() ?? "";
    return lines.filter((line) => line.trim() !== "");
  }

  /** Gives a last line that had no end of line. */
  finish(): string[] {
    const last = this.rest + this.decoder.decode();
    this.rest = "";
    return last.trim() === "" ? [] : [last];
  }
}

/** Whether a stream ended as the contract says, or its connection was cut. */
export type StreamOutcome = "ended" | "cut";

/** One message of a stream; the other fields depend on `k`. */
export interface StreamMessage {
  k: string;
  [field: string]: unknown;
}

/** Reads a whole stream and hands over each message in order. */
export async function readStream(body: ReadableStream<Uint8Array>, receive: (message: StreamMessage) => void): Promise<StreamOutcome> {
  const reader = body.getReader();
  const splitter = new LineSplitter();
  let ended = false;
  const take = (line: string): void => {
    const message = JSON.parse(line) as StreamMessage;
    if (message.k === "end" || message.k === "error") ended = true;
    receive(message);
  };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      splitter.push(value).forEach(take);
    }
  } catch (failure) {
    if ((failure as Error).name === "AbortError") throw failure;
    return ended ? "ended" : "cut";
  }
  // A last line without its end may be cut in the middle: it counts only when it can be read.
  try {
    splitter.finish().forEach(take);
  } catch {
    return "cut";
  }
  return ended ? "ended" : "cut";
}
