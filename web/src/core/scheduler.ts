/** Runs at most `limit` pieces of work at once, the others in the order they came; aborted work never starts. */
export class Scheduler {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    while (this.running >= this.limit) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
      if (signal.aborted) {
        this.waiting.shift()?.();
        throw new DOMException("aborted", "AbortError");
      }
    }
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }
}

/** The one scheduler of this tab: four of the six connections that a browser opens to a host. */
export const requests = new Scheduler(4);
