import { fetchJSON } from "../core/api";
import { pathOf } from "../context/question";
import { resolveWindow, run, TimeWindow, view } from "../core/router";
import { Completion } from "./language";

/** Answers that completion asked for, by path. */
const answers = new Map<string, Promise<unknown>>();

/** The answers that are kept. */
const limit = 60;

/** The path of a compatible API, from the own API's base. */
export function compatiblePath(path: string, parameters: [string, string][]): string {
  return pathOf(`../../${path}`, parameters);
}

/** The window on display: completion offers what is there in it. */
export function windowOnDisplay(): TimeWindow {
  return resolveWindow(view.get(), run.get());
}

/** Asks once a run; who asks again gets the same answer. */
export function remembered<T>(path: string): Promise<T> {
  const known = answers.get(path);
  if (known) return known as Promise<T>;
  // The answer is shared, so that it must not end with the one who asked first.
  const asked = fetchJSON<T>(path, new AbortController().signal);
  answers.set(path, asked);
  asked.catch(() => answers.delete(path));
  if (answers.size > limit) answers.delete([...answers.keys()][0]);
  return asked;
}

/** One thing that may stand at the caret, before it has a place. */
export interface Candidate {
  label: string;
  note?: string;
  /** The label unless given. */
  insert?: string;
  continues?: boolean;
}

/** Candidates that fit what is typed, the best first: those that begin with it, those with a word that does, those that hold it. */
export function fitting(candidates: readonly Candidate[], typed: string): Candidate[] {
  const wanted = typed.toLowerCase();
  const rank = (label: string): number => {
    const text = label.toLowerCase();
    const place = text.indexOf(wanted);
    if (place < 0) return 3;
    return place === 0 ? 0 : /[^a-z0-9]/.test(text[place - 1]) ? 1 : 2;
  };
  return candidates
    .map((candidate, order) => ({ candidate, order, rank: rank(candidate.label) }))
    .filter((one) => one.rank < 3)
    .sort((a, b) => a.rank - b.rank || a.order - b.order)
    .map((one) => one.candidate);
}

/** Gives candidates their place. What stands behind the caret already is not written twice. */
export function placed(candidates: readonly Candidate[], text: string, from: number, to: number): Completion[] {
  return candidates.slice(0, 40).map((candidate) => {
    const insert = candidate.insert ?? candidate.label;
    let end = to;
    const behind = insert.slice(-1);
    if (/[^\w\s]/.test(behind) && text[to] === behind) end = to + 1;
    return { label: candidate.label, note: candidate.note, from, to: end, insert, continues: candidate.continues };
  });
}

/** Windows of range selectors. */
export const rangeCandidates: Candidate[] = ["1m", "5m", "10m", "15m", "30m", "1h", "6h", "1d"].map((label) => ({ label, note: "range", insert: `${label}]` }));
