import { useEffect, useRef, useState } from "react";
import { Letter, queryDashes, queryText, withQuery, withVisibility } from "../../context/metricQueries";
import { APIError } from "../../core/api";
import { useKeys } from "../../core/keys";
import { navigate, refresh, useView, view } from "../../core/router";
import { problemOf } from "../../query/language";
import { promqlLanguage } from "../../query/promqlLanguage";
import { QueryField } from "../../query/QueryField";
import { recentQueries, rememberQuery } from "../../query/recentQueries";
import { Icon } from "../../ui/icons";
import { LineSample } from "../../viz/LineSample";

/** The letter of a query with its line, which hides and shows the query. */
export function QueryLetter({ letter }: { letter: Letter }): JSX.Element {
  const hidden = (useView().extra.hide ?? "").includes(letter);
  return (
    <button type="button" className="query-letter" aria-pressed={!hidden} aria-label={`Show query ${letter}`} title={`${hidden ? "Show" : "Hide"} query ${letter}  h ${letter.toLowerCase()}`} onClick={() => navigate(withVisibility(view.get(), letter))}>
      <b>{letter}</b><LineSample dash={queryDashes[letter]} />
    </button>
  );
}

/** A second, third … query of the chart. */
export function QueryRow({ letter, error, isNew, onRemove }: { letter: Letter; error: APIError | null; isNew: boolean; onRemove: () => void }): JSX.Element {
  const asked = queryText(useView(), letter);
  const [text, setText] = useState(asked);
  const field = useRef<HTMLTextAreaElement>(null);
  const focused = (): boolean => document.activeElement === field.current;
  useEffect(() => setText(asked), [asked]);
  useEffect(() => {
    if (isNew) field.current?.focus();
  }, [isNew]);
  const submit = (value: string): void => {
    const wanted = value.trim();
    rememberQuery("promql", wanted);
    if (wanted === asked) refresh();
    else navigate(withQuery(view.get(), letter, wanted));
  };
  useKeys([
    { keys: "Mod+Enter", label: `Run query ${letter}`, group: "This page", always: true, hidden: true, when: focused, run: () => submit(text) },
    { keys: "Escape", label: "Leave the field", group: "This page", always: true, hidden: true, when: focused, run: () => field.current?.blur() },
  ]);
  const problem = error !== null && error.parameter === "q" && text === asked ? problemOf(text, error) : null;
  return (
    <div className="query-row" role="group" aria-label={`Query ${letter}`}>
      <QueryLetter letter={letter} />
      <div className={`query-field ${problem ? "wrong" : ""}`}>
        <Icon name="search" />
        <QueryField language={promqlLanguage} value={text} onChange={setText} onSubmit={submit} problem={problem} recent={() => recentQueries("promql")} fieldRef={field} label={`Query ${letter}`} />
        <button type="button" className="button icon" aria-label={`Remove query ${letter}`} title={`Remove query ${letter}`} onClick={onRemove}><Icon name="close" size={12} /></button>
      </div>
    </div>
  );
}
