/** The part of the `prop-types` package that React's types name; Debian ships React's types without it. */
export interface Validator<T> {
  (props: { [key: string]: unknown }, name: string, component: string, location: string, full: string): Error | null;
  [nominal: symbol]: T;
}
export type Requireable<T> = Validator<T | undefined | null>;
export type ValidationMap<T> = { [K in keyof T]?: Validator<T[K]> };
export type InferProps<T> = { [K in keyof T]: unknown };
export type ReactElementLike = { type: unknown; props: unknown; key: string | number | null };
export type ReactNodeLike = unknown;
