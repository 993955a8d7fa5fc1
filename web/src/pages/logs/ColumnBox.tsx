import { useState } from "react";
import { columnLimit, defaultColumns, movedColumn, toggledColumn } from "../../context/columns";
import { suggestFields } from "../../context/suggestions";
import { Button } from "../../ui/controls";
import { Suggest } from "../../ui/Suggest";

/** The columns as a list: add, remove, and move by keys. */
export function ColumnBox({ columns, onChange }: { columns: string[]; onChange: (columns: string[]) => void }): JSX.Element {
  const [text, setText] = useState("");
  const add = (field: string): void => {
    const name = field.trim();
    if (name !== "" && !columns.includes(name)) onChange([...columns, name]);
    setText("");
  };
  return (
    <div className="column-form">
      <Suggest first openOnFocus label="Add a column" placeholder={columns.length < columnLimit ? "field, e.g. http.route" : `${columnLimit} columns at most`} value={text} onChange={setText} onSubmit={add} onChoose={add} suggest={(typed, abort) => suggestFields("logs", typed, abort)} />
      <ol aria-label="Columns">
        {columns.map((field, index) => (
          <li key={field}>
            <span className="cut" title={field}>{field}</span>
            <Button kind="icon" icon="up" label={`Move ${field} to the left`} disabled={index === 0} onClick={() => onChange(movedColumn(columns, field, index - 1))} />
            <Button kind="icon" icon="down" label={`Move ${field} to the right`} disabled={index === columns.length - 1} onClick={() => onChange(movedColumn(columns, field, index + 1))} />
            <Button kind="icon" icon="close" label={`Remove ${field}`} onClick={() => onChange(toggledColumn(columns, field))} />
          </li>
        ))}
      </ol>
      <Button kind="quiet" onClick={() => onChange([...defaultColumns])}>As at first</Button>
    </div>
  );
}
