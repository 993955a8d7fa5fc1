import { useEffect, useId, useRef, useState } from "react";
import { APIError } from "../core/api";
import { useKeys } from "../core/keys";
import { navigate, refresh, useView } from "../core/router";
import { Icon } from "../ui/icons";
import { Suggest } from "../ui/Suggest";
import { Signal } from "./filters";
import { suggestQuery } from "./suggestions";

/** The search bar: `Enter` runs, the text is the URL's `q`; an error is shown with its place underlined. */
export function QueryBar({ signal, placeholder, error, children }: { signal: Signal; placeholder: string; error: APIError | null; children?: React.ReactNode }): JSX.Element {
  const current = useView();
  const [text, setText] = useState(current.query);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => setText(current.query), [current.query]);
  const submit = (value: string): void => {
    if (value === current.query) refresh();
    else navigate({ query: value.trim() });
  };
  useKeys([
    { keys: "/", label: "Focus the query", group: "This page", run: () => field.current?.select() },
    { keys: "Mod+Enter", label: "Run the query", group: "This page", always: true, when: () => document.activeElement === field.current, run: () => submit(text) },
    { keys: "Escape", label: "Leave the field", group: "This page", always: true, hidden: true, when: () => document.activeElement === field.current, run: () => field.current?.blur() },
  ]);
  const wrong = error !== null && error.parameter === "q";
  return (
    <div className="query-row" role="search">
      <div className={`query-field ${wrong ? "wrong" : ""}`}>
        <Icon name="search" />
        <Suggest
          inputRef={field}
          value={text}
          onChange={setText}
          onSubmit={submit}
          suggest={(typed, abort) => suggestQuery(signal, typed, abort)}
          label="Query"
          placeholder={placeholder}
          invalid={wrong}
          describedBy={wrong ? `${id}error` : undefined}
        />
        {text !== "" ? (
          <button type="button" className="button icon" aria-label="Clear the query" title="Clear the query" onClick={() => {
            setText("");
            navigate({ query: "" });
            field.current?.focus();
          }}><Icon name="close" size={12} /></button>
        ) : <kbd>/</kbd>}
      </div>
      {children}
      {wrong ? <div id={`${id}error`} className="query-error" role="alert"><Underlined query={current.query} error={error} /></div> : null}
    </div>
  );
}

/** The query with the place of its error underlined; positions count UTF-8 bytes. */
function Underlined({ query, error }: { query: string; error: APIError }): JSX.Element {
  const bytes = new TextEncoder().encode(query);
  const decode = (from: number, to: number): string => new TextDecoder().decode(bytes.slice(from, to));
  const start = Math.min(error.position ?? bytes.length, bytes.length);
  const end = Math.min(start + Math.max(1, error.length ?? 1), bytes.length);
  return (
    <>
      {error.position !== undefined ? (
        <code>{decode(0, start)}<u>{decode(start, end) || " "}</u>{decode(end, bytes.length)}</code>
      ) : null}
      <span><b>{error.message}</b>{error.hint ? ` · ${error.hint}` : ""}</span>
    </>
  );
}
