import { ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { Completion, Piece, QueryLanguage, QueryProblem } from "./language";

/** Milliseconds without a key after which what is wrong is shown. */
const patience = 500;

/**
 * The field for a query in any language: completion at the caret, what is wrong underlined where it stands.
 *
 * It grows with its text; `Enter` runs, `Shift+Enter` makes a new line. Below the text area lies the same text once more: it carries
 * the underline, tells where the caret is, and gives the field its height.
 */
export function QueryField({ language, value, onChange, onSubmit, problem, recent, fieldRef, label = "Query" }: {
  language: QueryLanguage;
  value: string;
  onChange: (value: string) => void;
  onSubmit: (value: string) => void;
  /** What the server said about the text as it stands; null when it has not been asked or did not mind. */
  problem: QueryProblem | null;
  /** Offered while the field is empty. */
  recent: () => string[];
  fieldRef: React.RefObject<HTMLTextAreaElement>;
  label?: string;
}): JSX.Element {
  const mirror = useRef<HTMLDivElement>(null);
  const asked = useRef<AbortController | null>(null);
  const caret = useRef<number | null>(null);
  /** The text that the list on display was made for. */
  const offeredFor = useRef("");
  const [items, setItems] = useState<Completion[]>([]);
  const [active, setActive] = useState(-1);
  const [own, setOwn] = useState<QueryProblem | null>(null);
  const [left, setLeft] = useState(0);
  const id = useId();
  const shown = problem ?? own;

  useEffect(() => () => asked.current?.abort(), []);
  useEffect(() => {
    setOwn(null);
    if (value === "") return undefined;
    const timer = setTimeout(() => {
      const found = language.check(value);
      // What is still being written is not yet wrong.
      if (found && (found.to < value.length || document.activeElement !== fieldRef.current)) setOwn(found);
    }, patience);
    return () => clearTimeout(timer);
  }, [value, language]);
  useLayoutEffect(() => {
    if (caret.current !== null) fieldRef.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [value]);

  const show = (found: Completion[], text: string): void => {
    offeredFor.current = text;
    setItems(found.slice(0, 40));
    setActive(-1);
    if (found.length > 0 && mirror.current) setLeft(offsetOf(mirror.current, found[0].from));
  };
  const ask = (text: string, position: number): void => {
    asked.current?.abort();
    const controller = new AbortController();
    asked.current = controller;
    if (text === "") {
      const queries = [...recent().map((query) => ({ query, note: "recent" })), ...(language.examples ?? []).map((query) => ({ query, note: "example" }))];
      show(queries.map(({ query, note }) => ({ label: query, note, from: 0, to: 0, insert: query })), text);
      return;
    }
    language.complete(text, position, controller.signal).then((found) => !controller.signal.aborted && show(found, text)).catch(() => !controller.signal.aborted && show([], text));
  };
  const close = (): void => {
    asked.current?.abort();
    setItems([]);
  };
  const choose = (item: Completion): void => {
    // What was typed since the list was made is part of what the choice replaces.
    const to = Math.max(item.from, item.to + value.length - offeredFor.current.length);
    const text = value.slice(0, item.from) + item.insert + value.slice(to);
    caret.current = item.from + item.insert.length;
    onChange(text);
    if (item.continues) ask(text, caret.current);
    else close();
    fieldRef.current?.focus();
  };
  const keys = (event: React.KeyboardEvent<HTMLTextAreaElement>): void => {
    const open = items.length > 0;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (open || event.key === "ArrowDown")) {
      event.preventDefault();
      if (!open) ask(value, event.currentTarget.selectionStart);
      else setActive((before) => (event.key === "ArrowDown" ? (before + 1) % items.length : before <= 0 ? items.length - 1 : before - 1));
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (open && active >= 0 && !event.ctrlKey && !event.metaKey) choose(items[active]);
      else {
        close();
        onSubmit(value);
      }
    } else if (event.key === "Tab" && open && active >= 0) {
      event.preventDefault();
      choose(items[active]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };
  return (
    <div className={`query-text ${language.pieces ? "coloured" : ""}`}>
      <div ref={mirror} className="query-mirror" aria-hidden="true">
        {underlined(language.pieces?.(value) ?? [{ text: value, kind: "plain" }], shown)}{"\n"}
      </div>
      <textarea
        ref={fieldRef}
        rows={1}
        aria-label={label}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={items.length > 0 ? `${id}list` : undefined}
        aria-activedescendant={items.length > 0 && active >= 0 ? `${id}${active}` : undefined}
        aria-invalid={shown !== null || undefined}
        aria-describedby={shown ? `${id}problem` : undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={value}
        placeholder={language.placeholder}
        onChange={(event) => {
          onChange(event.target.value);
          ask(event.target.value, event.target.selectionStart);
        }}
        onBlur={() => {
          close();
          setOwn(value === "" ? null : language.check(value));
        }}
        onKeyDown={keys}
      />
      {items.length > 0 ? (
        <ul id={`${id}list`} className="suggestions" role="listbox" aria-label={`Suggestions for ${label}`} style={{ left }}>
          {items.map((item, index) => (
            <li key={`${item.label}${index}`} id={`${id}${index}`} role="option" aria-selected={index === active} ref={index === active ? scrolledIntoView : undefined}
              onPointerDown={(event) => {
                event.preventDefault();
                choose(item);
              }}>
              <span className="cut">{item.label}</span>
              {item.note ? <span className="note">{item.note}</span> : null}
            </li>
          ))}
        </ul>
      ) : null}
      {shown ? <div id={`${id}problem`} className="query-problem" role="alert">✕ <b>{shown.message}</b>{shown.hint ? ` · ${shown.hint}` : ""}</div> : null}
    </div>
  );
}

/** The text in its colours, with what is wrong underlined. A mistake without a place underlines nothing; one behind the text a blank. */
function underlined(pieces: readonly Piece[], problem: QueryProblem | null): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  const add = (piece: Piece, from: number, to: number, wrong: boolean): void => {
    if (from >= to) return;
    const text = piece.text.slice(from - at, to - at);
    const Element = wrong ? "u" : "span";
    parts.push(<Element key={from} className={piece.kind}>{text}</Element>);
  };
  for (const piece of pieces) {
    const end = at + piece.text.length;
    const [from, to] = problem ? [Math.min(Math.max(problem.from, at), end), Math.min(Math.max(problem.to, at), end)] : [end, end];
    add(piece, at, from, false);
    add(piece, from, to, true);
    add(piece, to, end, false);
    at = end;
  }
  if (problem && problem.from === problem.to && problem.from >= at && at > 0) parts.push(<u key="end">{" "}</u>);
  return parts;
}

function scrolledIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}

/** Pixels from the left edge of the mirror to a position in its text. */
function offsetOf(mirror: HTMLElement, position: number): number {
  const walker = document.createTreeWalker(mirror, NodeFilter.SHOW_TEXT);
  let rest = position;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (rest > length) {
      rest -= length;
      continue;
    }
    const range = document.createRange();
    range.setStart(node, rest);
    return Math.max(0, range.getBoundingClientRect().left - mirror.getBoundingClientRect().left);
  }
  return 0;
}
