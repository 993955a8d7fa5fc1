import { LogRecord } from "../../core/model";

/** Lines kept while the tail runs; older ones leave at the top and are counted. */
export const bufferLimit = 20_000;

/** The lines of a live tail, oldest first, never more than a limit. */
export class TailBuffer {
  rows: LogRecord[] = [];
  /** Lines that left at the top. */
  forgotten = 0;
  /** Remarks that stand before a line, by its id. */
  readonly notes = new Map<string, string>();
  /** Lines before the interruption that is not yet filled; -1 without one. */
  private boundary = -1;

  constructor(private readonly limit = bufferLimit) {}

  /** Appends lines as they came. */
  push(rows: readonly LogRecord[]): void {
    this.rows.push(...(rows.length > this.limit ? rows.slice(-this.limit) : rows));
    this.forgotten += Math.max(0, rows.length - this.limit);
    this.trim();
  }

  /** From here on lines may be missing. A second interruption before the first is filled belongs to it. */
  interrupt(): void {
    if (this.boundary < 0) this.boundary = this.rows.length;
  }

  /**
   * Puts the lines that were missed, oldest first, where they belong.
   *
   * - Returns: how many of them were not there already.
   */
  fill(missed: readonly LogRecord[], note: (added: number) => string): number {
    const place = Math.max(0, this.boundary);
    this.boundary = -1;
    const known = new Set(this.rows.map((row) => row.id));
    const added = missed.filter((row) => !known.has(row.id));
    if (added.length === 0) return 0;
    this.rows = [...this.rows.slice(0, place), ...added, ...this.rows.slice(place)];
    this.notes.set(added[0].id, note(added.length));
    this.trim();
    return added.length;
  }

  private trim(): void {
    const excess = this.rows.length - this.limit;
    if (excess <= 0) return;
    const left = this.rows.splice(0, excess);
    if (this.notes.size > 0) for (const row of left) this.notes.delete(row.id);
    if (this.boundary >= 0) this.boundary = Math.max(0, this.boundary - excess);
    this.forgotten += excess;
  }
}
