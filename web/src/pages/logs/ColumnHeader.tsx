import { columnSize, sizes, Size, sizeValue } from "../../core/sizes";
import { Icon } from "../../ui/icons";
import { Separator } from "../../ui/Separator";

/** The remembered width of a column. */
export function sizeOfColumn(field: string): Size {
  return field === "service.name" ? sizes.service : columnSize(field);
}

/** A column's name as its header says it. */
export function columnTitle(field: string): string {
  return field === "service.name" ? "Service" : field.replace(/^(resource|attribute)\./, "");
}

/** What the drag of a header carries. */
const dragType = "application/x-sightline-column";

/** The header of one column: dragged to another place, taken away, made wider. The columns box does the same by keys. */
export function ColumnHeader({ field, onRemove, onDrop }: { field: string; onRemove?: () => void; onDrop?: (dragged: string) => void }): JSX.Element {
  const size = sizeOfColumn(field);
  return (
    <div
      role="columnheader"
      className="cell column"
      style={{ width: sizeValue(size) }}
      title={field}
      draggable={onDrop !== undefined}
      onDragStart={(event) => {
        if ((document.activeElement as HTMLElement | null)?.classList.contains("separator")) event.preventDefault();
        event.dataTransfer.setData(dragType, field);
        event.dataTransfer.effectAllowed = "move";
      }}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(dragType)) event.preventDefault();
      }}
      onDrop={(event) => {
        event.preventDefault();
        const dragged = event.dataTransfer.getData(dragType);
        if (dragged !== "" && dragged !== field) onDrop?.(dragged);
      }}
    >
      <span className="cut">{columnTitle(field)}</span>
      {onRemove ? <button type="button" tabIndex={-1} className="column-remove" aria-label={`Remove the column ${field}`} title="Remove this column" onClick={onRemove}><Icon name="close" size={10} /></button> : null}
      <Separator size={size} label={`Width of ${columnTitle(field)}`} className="in-header" />
    </div>
  );
}
