import { forwardRef, memo, ReactNode, useCallback, useEffect, useId, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { coarsePointer } from "../core/media";
import { useStore } from "../core/store";
import { GridRow, RowRecipe } from "./GridRow";

/** What code outside can do with a grid. */
export interface GridHandle {
  focus: () => void;
  scrollTo: (row: number, align?: "nearest" | "center") => void;
  scrollToEnd: () => void;
  isAtEnd: () => boolean;
}

interface GridProps extends RowRecipe {
  label: string;
  rowCount: number;
  rowHeight: number;
  rowKey: (row: number) => string | number;
  header?: ReactNode;
  /** Row with the cursor; -1 for none. */
  active: number;
  onActive: (row: number) => void;
  onOpen?: (row: number) => void;
  /** Told after each scroll; `upward` tells a person's move from the list's own following. */
  onScroll?: (atEnd: boolean, upward: boolean) => void;
  footer?: ReactNode;
  className?: string;
  /** Rows grow with their text: all are in the document, none is virtual. */
  autoHeight?: boolean;
  onLeave?: () => void;
  /** The cursor begins at the last row: a list that grows at its end. */
  fromEnd?: boolean;
}

/** A row that a finger can take. */
const touchHeight = 44;

/**
 * A grid of which only the visible rows are in the document.
 *
 * It is one tab stop; the cursor is `aria-activedescendant`, moved by arrows, `j`, `k`, Home, End, PgUp and PgDn.
 */
export const VirtualGrid = memo(forwardRef<GridHandle, GridProps>(function VirtualGrid(props, handle) {
  const { rowCount, active, onActive, onOpen, header } = props;
  const coarse = useStore(coarsePointer);
  const rowHeight = coarse ? Math.max(props.rowHeight, touchHeight) : props.rowHeight;
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const [range, setRange] = useState({ first: 0, last: 60 });

  const measure = useCallback(() => {
    const element = scroller.current;
    if (!element || props.autoHeight) return;
    const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - 6);
    const last = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight) + 6;
    setRange((before) => (before.first === first && before.last === last ? before : { first, last }));
  }, [rowHeight, props.autoHeight]);

  useLayoutEffect(() => {
    measure();
    const observer = new ResizeObserver(measure);
    if (scroller.current) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [measure]);
  useLayoutEffect(measure, [rowCount, measure]);

  const scrollTo = useCallback((row: number, align: "nearest" | "center" = "nearest") => {
    const element = scroller.current;
    if (!element || row < 0) return;
    if (props.autoHeight) {
      document.getElementById(`${id}row${row}`)?.scrollIntoView({ block: align });
      return;
    }
    const headerHeight = header ? rowHeight : 0;
    const top = row * rowHeight;
    const visible = element.clientHeight - headerHeight;
    if (align === "center") element.scrollTop = top - visible / 2;
    else if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + visible) element.scrollTop = top + rowHeight - visible;
  }, [rowHeight, header, id, props.autoHeight]);

  const isAtEnd = (): boolean => {
    const element = scroller.current;
    return !element || element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeight;
  };
  useImperativeHandle(handle, () => ({
    focus: () => scroller.current?.focus({ preventScroll: true }),
    scrollTo,
    scrollToEnd: () => {
      if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
    },
    isAtEnd,
  }), [scrollTo]);

  const lastTop = useRef(0);
  const before = useRef(active);
  useEffect(() => {
    if (before.current !== active) scrollTo(active);
    before.current = active;
  }, [active, scrollTo]);

  const move = (event: React.KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const steps: Record<string, number> = { ArrowDown: active + 1, j: active + 1, ArrowUp: active - 1, k: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: rowCount - 1 };
    if (event.key in steps && rowCount > 0) {
      event.preventDefault();
      if (active < 0 && props.fromEnd && event.key !== "Home") {
        onActive(rowCount - 1);
        return;
      }
      if (active <= 0 && (event.key === "ArrowUp" || event.key === "k")) props.onLeave?.();
      onActive(Math.max(0, Math.min(rowCount - 1, steps[event.key])));
    } else if (event.key === "Enter" && active >= 0 && onOpen) {
      event.preventDefault();
      onOpen(active);
    }
  };

  const latest = useRef(props);
  latest.current = props;
  const press = useCallback((row: number, event: React.MouseEvent): void => {
    const { onActive: activate, onOpen: open } = latest.current;
    scroller.current?.focus({ preventScroll: true });
    activate(row);
    if (event.detail >= 1 && open && !window.getSelection()?.toString()) open(row);
  }, []);

  const first = props.autoHeight ? 0 : Math.min(range.first, Math.max(0, rowCount - 1));
  const last = props.autoHeight ? rowCount : Math.min(rowCount, range.last);
  const rows: ReactNode[] = [];
  for (let row = first; row < last; row += 1) {
    rows.push(
      <GridRow key={props.rowKey(row)} id={`${id}row${row}`} row={row} index={row + 1 + (header ? 1 : 0)} active={row === active}
        renderRow={props.renderRow} rowClass={props.rowClass} tree={props.tree} onPress={press} />,
    );
  }
  return (
    <div
      ref={scroller}
      className={`grid ${props.className ?? ""} ${props.autoHeight ? "auto-height" : ""}`}
      role={props.tree ? "treegrid" : "grid"}
      aria-label={props.label}
      aria-rowcount={rowCount + (header ? 1 : 0)}
      aria-activedescendant={active >= first && active < last ? `${id}row${active}` : undefined}
      tabIndex={0}
      style={{ ["--row-height" as string]: `${rowHeight}px` }}
      onKeyDown={move}
      onScroll={(event) => {
        const top = event.currentTarget.scrollTop;
        const upward = top < lastTop.current;
        lastTop.current = top;
        if (props.onScroll) props.onScroll(isAtEnd(), upward);
        // In the frame of the scroll itself: rows that came a frame later would show as a gap, and cost a second layout.
        flushSync(measure);
      }}
      onFocus={(event) => {
        if (event.target === event.currentTarget && active < 0 && rowCount > 0 && !props.fromEnd && event.currentTarget.matches(":focus-visible")) onActive(0);
      }}
    >
      {header ? <div className="grid-header" role="row" aria-rowindex={1}>{header}</div> : null}
      <Spacer height={props.autoHeight ? null : rowCount * rowHeight} offset={first * rowHeight}>{rows}</Spacer>
      {props.footer ? <div role="row"><div role="gridcell">{props.footer}</div></div> : null}
    </div>
  );
}));

/** Holds the height of all rows and moves the visible ones to their place, through the DOM's style object. */
function Spacer({ height, offset, children }: { height: number | null; offset: number; children: ReactNode }): JSX.Element {
  const outer = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (outer.current) outer.current.style.height = height === null ? "" : `${height}px`;
    if (inner.current) inner.current.style.paddingTop = height === null ? "" : `${offset}px`;
  }, [height, offset]);
  return (
    <div ref={outer} className="grid-space" role="presentation">
      <div ref={inner} className="grid-rows" role="rowgroup">{children}</div>
    </div>
  );
}

/** One cell of a grid's row. */
export function GridCell({ className, title, children }: { className?: string; title?: string; children?: ReactNode }): JSX.Element {
  return <div role="gridcell" className={`cell ${className ?? ""}`} title={title}>{children}</div>;
}

/** One cell of a grid's header, a button when it sorts. */
export function HeaderCell({ className, children, sorted, onSort }: { className?: string; children: ReactNode; sorted?: "ascending" | "descending" | null; onSort?: () => void }): JSX.Element {
  return (
    <div role="columnheader" aria-sort={sorted ?? undefined} className={`cell ${className ?? ""}`}>
      {onSort ? (
        <button type="button" className="sort" tabIndex={-1} onClick={onSort}>
          {children}
          <span aria-hidden="true">{sorted === "ascending" ? " ↑" : sorted === "descending" ? " ↓" : ""}</span>
        </button>
      ) : children}
    </div>
  );
}
