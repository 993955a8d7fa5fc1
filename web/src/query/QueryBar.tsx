import { ReactNode, useEffect, useRef, useState } from "react";
import { APIError } from "../core/api";
import { useKeys } from "../core/keys";
import { navigate, refresh, useView } from "../core/router";
import { Store } from "../core/store";
import { View, ViewPatch } from "../core/url";
import { Icon } from "../ui/icons";
import { problemOf, QueryLanguage } from "./language";
import { QueryField } from "./QueryField";
import { recentQueries, rememberQuery } from "./recentQueries";

/** Another language was chosen, or a query run: the field that shows it, which may be another page's, takes the focus. */
const focusWanted = new Store(false);

/** The query of a page: `Enter` runs it, the text is the URL's `q`; what the server says about it stands at its place. */
export function QueryBar({ languages, scope, error, lead, patch = asQuery, children }: {
  /** What the server answers on this page, the usual one first; with more than one there is a switch. */
  languages: readonly QueryLanguage[];
  /** What recent queries are remembered under. */
  scope: string;
  error: APIError | null;
  /** What stands before the field. */
  lead?: ReactNode;
  /** What running a text changes in the link. */
  patch?: (text: string) => ViewPatch;
  children?: ReactNode;
}): JSX.Element {
  const current = useView();
  const language = languageOf(languages, current);
  // Queries of the first language are remembered under the page's own name.
  const recentScope = language === languages[0] ? scope : `${scope}.${language.id}`;
  const [text, setText] = useState(current.query);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => setText(current.query), [current.query]);
  const focused = (): boolean => document.activeElement === field.current;
  const submit = (value: string): void => {
    rememberQuery(recentScope, value.trim());
    if (value.trim() === current.query) {
      refresh();
      return;
    }
    focusWanted.set(focused());
    navigate(patch(value.trim()));
  };
  const other = languages[(languages.indexOf(language) + 1) % languages.length];
  const ask = (next: QueryLanguage): void => {
    navigate({ query: "", extra: { lang: next === languages[0] ? null : next.id, tab: null, plan: null, step: null, sel: null, log: null, live: null } });
    focusWanted.set(true);
  };
  useEffect(() => {
    if (focusWanted.get()) field.current?.focus();
    focusWanted.set(false);
  }, [language, current.query]);
  useKeys([
    ...(languages.length > 1 ? [{ keys: "q", label: `Ask in ${other.title}`, group: "This page", run: () => ask(other) }] : []),
    { keys: "/", label: "Focus the query", group: "This page", run: () => field.current?.select() },
    { keys: "Mod+Enter", label: "Run the query", group: "This page", always: true, when: focused, run: () => submit(text) },
    { keys: "Escape", label: "Leave the field", group: "This page", always: true, hidden: true, when: focused, run: () => field.current?.blur() },
  ]);
  // A complaint belongs to the text that was sent; what is typed since is another text.
  const problem = error !== null && error.parameter === "q" && text === current.query ? problemOf(text, error) : null;
  return (
    <div className="query-row" role="search">
      {languages.length > 1 ? (
        <div className="language-switch" role="group" aria-label="Query language">
          {languages.map((one) => <button key={one.id} type="button" aria-pressed={one === language} title={one === other ? `Ask in ${one.title}  q` : undefined} onClick={() => one !== language && ask(one)}>{one.title}</button>)}
        </div>
      ) : null}
      {lead}
      <div className={`query-field ${problem ? "wrong" : ""}`}>
        <Icon name="search" />
        <QueryField language={language} value={text} onChange={setText} onSubmit={submit} problem={problem} recent={() => recentQueries(recentScope)} fieldRef={field} />
        {text !== "" ? (
          <button type="button" className="button icon" aria-label="Clear the query" title="Clear the query" onClick={() => {
            setText("");
            navigate({ query: "" });
            field.current?.focus();
          }}><Icon name="close" size={12} /></button>
        ) : <kbd>/</kbd>}
      </div>
      {children}
    </div>
  );
}

function asQuery(query: string): ViewPatch {
  return { query };
}

/** The language that the link names, the page's first without one. */
export function languageOf(languages: readonly QueryLanguage[], view: View): QueryLanguage {
  return languages.find((candidate) => candidate.id === view.extra.lang) ?? languages[0];
}
