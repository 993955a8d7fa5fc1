/** Whether a LogQL query asks for numbers rather than for lines: those begin with their selector. */
export function isNumbers(text: string): boolean {
  const query = text.replace(/#.*$/gm, "").replace(/^[\s(]+/, "");
  return query !== "" && !query.startsWith("{");
}
