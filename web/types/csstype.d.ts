/** The part of the `csstype` package that React's types name; Debian ships React's types without it. */
export interface Properties<Length = string | number> {
  [property: string]: Length | number | undefined;
}
