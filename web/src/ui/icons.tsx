/** Line icons of the interface, 16 units square. */
const paths: Record<string, string> = {
  services: "M2 4h12M2 8h12M2 12h12M4.5 4v0M4.5 8v0M4.5 12v0",
  logs: "M3 3h10M3 6.3h7M3 9.6h10M3 13h5",
  traces: "M2 3h7M5 7h6M8 11h6M5 3v4M8 7v4",
  metrics: "M2 13V3M2 13h12M4 10l3-4 3 2 4-5",
  start: "M8 2v8M5 7l3 3 3-3M3 13h10",
  refresh: "M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3",
  live: "M5 4l7 4-7 4z",
  pause: "M5 4v8M11 4v8",
  clock: "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M8 5v3l2 1.5",
  filter: "M2 3.5h12L9.5 9v4l-3-1.5V9z",
  close: "M4 4l8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  copy: "M5 5V2.5h8.5V11H11M2.5 5H11v8.5H2.5z",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.5 10.5L14 14",
  chevron: "M5 3l5 5-5 5",
  up: "M3 10.5l5-5 5 5",
  column: "M2 3h12v10H2zM6 3v10M10 3v10",
  down: "M3 5.5l5 5 5-5",
  link: "M6.5 9.5l3-3M7 5l1.5-1.5a2.5 2.5 0 0 1 3.5 3.5L10.5 8.5M9 11l-1.5 1.5A2.5 2.5 0 0 1 4 9l1.5-1.5",
  theme: "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11",
  keyboard: "M1.5 4h13v8h-13zM4 6.5h0M6.5 6.5h0M9 6.5h0M11.5 6.5h0M5 9.5h6",
  panel: "M2 3h12v10H2zM10 3v10",
  wrap: "M2 4h12M2 8h9a2 2 0 0 1 0 4H8M9.5 10.5L8 12l1.5 1.5",
  out: "M6 3H3v10h10v-3M9 2.5h4.5V7M13 3L7.5 8.5",
};

/** One icon; it is decoration, its control carries the words. */
export function Icon({ name, size = 16 }: { name: string; size?: number }): JSX.Element {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={paths[name] ?? ""} />
    </svg>
  );
}
