import { useEffect, useId, useRef, useState } from "react";

/** One thing that may be chosen while typing. */
export interface Suggestion {
  text: string;
  note?: string;
  /** What the field holds after choosing; the text unless given. */
  insert?: string;
}

/** A text field that suggests while one types: combobox with a listbox below. */
export function Suggest({ value, onChange, onSubmit, onChoose, suggest, label, placeholder, className, first, inputRef, invalid, describedBy, openOnFocus }: {
  value: string;
  onChange: (value: string) => void;
  onSubmit: (value: string) => void;
  /** Takes a chosen suggestion at once; without it the choice stands in the field. */
  onChoose?: (value: string) => void;
  /** Gives suggestions for the text before the caret; an aborted call is not looked at. */
  suggest: (text: string, signal: AbortSignal) => Promise<Suggestion[]>;
  label: string;
  placeholder?: string;
  className?: string;
  /** The box around it puts the focus here when it opens. */
  first?: boolean;
  inputRef?: React.RefObject<HTMLInputElement>;
  invalid?: boolean;
  describedBy?: string;
  openOnFocus?: boolean;
}): JSX.Element {
  const own = useRef<HTMLInputElement>(null);
  const field = inputRef ?? own;
  const id = useId();
  const [items, setItems] = useState<Suggestion[]>([]);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const asked = useRef<AbortController | null>(null);

  const ask = (text: string): void => {
    asked.current?.abort();
    const controller = new AbortController();
    asked.current = controller;
    suggest(text, controller.signal)
      .then((found) => {
        if (controller.signal.aborted) return;
        setItems(found.slice(0, 40));
        setActive(-1);
      })
      .catch(() => {
        if (!controller.signal.aborted) setItems([]);
      });
  };
  useEffect(() => () => asked.current?.abort(), []);

  const choose = (item: Suggestion): void => {
    const text = item.insert ?? item.text;
    if (onChoose) {
      setOpen(false);
      onChoose(text);
      return;
    }
    onChange(text);
    if (text.endsWith(":") || text.endsWith(" ")) {
      setOpen(true);
      ask(text);
    } else setOpen(false);
    field.current?.focus();
  };
  const shown = open && items.length > 0;
  return (
    <div className={`suggest ${className ?? ""}`}>
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={shown}
        aria-controls={shown ? `${id}list` : undefined}
        aria-activedescendant={shown && active >= 0 ? `${id}${active}` : undefined}
        aria-autocomplete="list"
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={value}
        placeholder={placeholder}
        data-autofocus={first || undefined}
        onChange={(event) => {
          onChange(event.target.value);
          setOpen(true);
          ask(event.target.value);
        }}
        onFocus={() => {
          if (!openOnFocus) return;
          setOpen(true);
          ask(value);
        }}
        onBlur={() => setOpen(false)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            if (!open) {
              setOpen(true);
              ask(value);
              return;
            }
            const step = event.key === "ArrowDown" ? 1 : -1;
            setActive((before) => (items.length === 0 ? -1 : (before + step + items.length + (before < 0 && step < 0 ? 1 : 0)) % items.length));
          } else if (event.key === "Enter") {
            event.preventDefault();
            if (shown && active >= 0 && !event.ctrlKey && !event.metaKey) choose(items[active]);
            else {
              setOpen(false);
              onSubmit(value);
            }
          } else if (event.key === "Tab" && shown && active >= 0) {
            event.preventDefault();
            choose(items[active]);
          } else if (event.key === "Escape") {
            if (shown) {
              event.preventDefault();
              event.stopPropagation();
              setOpen(false);
            }
          }
        }}
      />
      {shown ? (
        <ul id={`${id}list`} className="suggestions" role="listbox" aria-label={`Suggestions for ${label}`}>
          {items.map((item, index) => (
            <li
              key={`${item.text}${index}`}
              id={`${id}${index}`}
              role="option"
              aria-selected={index === active}
              onPointerDown={(event) => {
                event.preventDefault();
                choose(item);
              }}
            >
              <span className="cut">{item.text}</span>
              {item.note ? <span className="note">{item.note}</span> : null}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
