import { Icon } from "./icons";

/** Which fields are columns of the list beside, and how to change it. */
export interface ColumnChoice {
  has: (field: string) => boolean;
  toggle: (field: string) => void;
}

/** Shows a field as a column of the list, or takes it away. */
export function ColumnToggle({ field, choice }: { field: string; choice: ColumnChoice }): JSX.Element {
  const on = choice.has(field);
  return (
    <button type="button" className="button icon column-toggle" aria-pressed={on} aria-label={`Show ${field} as a column`} title={on ? "Take this column away" : "Show as a column"} onClick={() => choice.toggle(field)}><Icon name="column" size={12} /></button>
  );
}
