import { memo, ReactNode } from "react";

/** What the rows of one grid have in common; each function keeps its identity while only the scroll position changes. */
export interface RowRecipe {
  /** Cells of one row; each is a `GridCell`. */
  renderRow: (row: number) => ReactNode;
  rowClass?: (row: number) => string;
  /** Level and state of tree rows. */
  tree?: (row: number) => { level: number; expanded?: boolean };
}

/** One row of a grid. A memo, so that scrolling renders only the rows that come into sight. */
export const GridRow = memo(function GridRow({ id, row, index, active, renderRow, rowClass, tree, onPress }: RowRecipe & {
  id: string;
  row: number;
  /** The row's number for assistive technology: from 1, the header counted. */
  index: number;
  active: boolean;
  onPress: (row: number, event: React.MouseEvent) => void;
}): JSX.Element {
  const level = tree?.(row);
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index}
      aria-selected={active}
      aria-level={level?.level}
      aria-expanded={level?.expanded}
      className={`grid-row ${active ? "active" : ""} ${rowClass?.(row) ?? ""}`}
      onClick={(event) => onPress(row, event)}
    >
      {renderRow(row)}
    </div>
  );
});
