import { withFilter } from "../context/filters";
import { valueText } from "../core/format";
import { Attributes } from "../core/model";
import { navigate, view } from "../core/router";
import { ColumnChoice, ColumnToggle } from "./ColumnToggle";
import { Icon } from "./icons";
import { copyText } from "./toast";

/** Attributes with filter, exclude and copy on each; maps open as a tree. */
export function AttributeTree({ attributes, prefix = "", page, columns }: {
  attributes: Attributes | undefined;
  /** Put before a key to make the field's name, e.g. `resource.`. */
  prefix?: string;
  /** Where a filter leads; the page on display unless given. */
  page?: "logs" | "traces";
  /** Lets each attribute become a column of the list beside. */
  columns?: ColumnChoice;
}): JSX.Element {
  const entries = Object.entries(attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return <p className="note">none</p>;
  return (
    <ul className="attribute-tree">
      {entries.map(([key, value]) => <AttributeItem key={key} name={key} field={`${prefix}${key}`} value={value} page={page} columns={columns} />)}
    </ul>
  );
}

function isMap(value: unknown): value is Attributes {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !("$int" in value) && !("$double" in value) && !("$bytes" in value);
}

function AttributeItem({ name, field, value, page, columns }: { name: string; field: string; value: unknown; page?: "logs" | "traces"; columns?: ColumnChoice }): JSX.Element {
  if (isMap(value)) {
    return (
      <li>
        <details open>
          <summary>{name}</summary>
          <AttributeTree attributes={value} prefix={`${field}.`} page={page} columns={columns} />
        </details>
      </li>
    );
  }
  const text = valueText(value);
  const filter = (op: "eq" | "ne") => (): void => {
    const target = page === undefined || view.get().page === page ? {} : { page, id: "" };
    navigate({ ...target, filters: withFilter(view.get().filters, { key: field, op, value: text }), extra: { log: null } });
  };
  const kind = typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "";
  return (
    <li className="attribute" tabIndex={-1}>
      <span className="key">{name}</span>
      <span className={`value ${kind}`}>{text === "" ? <i>empty</i> : text}</span>
      <span className="actions">
        {Array.isArray(value) ? null : (
          <>
            <button type="button" className="button icon" aria-label={`Only ${field} = ${text}`} title={`Only ${field} = ${text}`} onClick={filter("eq")}><Icon name="plus" size={12} /></button>
            <button type="button" className="button icon" aria-label={`Exclude ${field} = ${text}`} title="Exclude this value" onClick={filter("ne")}><Icon name="minus" size={12} /></button>
          </>
        )}
        {columns ? <ColumnToggle field={field} choice={columns} /> : null}
        <button type="button" className="button icon" aria-label={`Copy ${field}`} title="Copy the value" onClick={() => void copyText(text, field)}><Icon name="copy" size={12} /></button>
      </span>
    </li>
  );
}
