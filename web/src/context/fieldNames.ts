/** Names that only the record itself has; an attribute of the same name keeps its prefix. */
const intrinsic = new Set(["name", "kind", "status", "status_message", "duration", "severity", "severity_text", "body", "event_name", "trace_id", "span_id", "time"]);

/** The name that filters and queries take: an attribute without its prefix, the service's name as everywhere else. */
export function shortName(name: string): string {
  if (name === "service" || name === "resource.service.name") return "service.name";
  const bare = name.startsWith("attribute.") ? name.slice("attribute.".length) : name;
  return intrinsic.has(bare) ? name : bare;
}
