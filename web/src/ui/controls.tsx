import { ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { linkTo, navigate } from "../core/router";
import { ViewPatch } from "../core/url";
import { keyLabel } from "../core/keys";
import { Icon } from "./icons";
import { slotStroke } from "../core/colours";
import { serviceSlot } from "../core/serviceSlots";
import { theme } from "../core/preferences";
import { useStore } from "../core/store";

/** A link inside the interface: a plain click changes the view, any other click is the browser's. */
export function Link({ to, className, title, children, label, tabIndex }: { to: ViewPatch; className?: string; title?: string; children: ReactNode; label?: string; tabIndex?: number }): JSX.Element {
  return (
    <a
      href={linkTo(to)}
      className={className}
      title={title}
      aria-label={label}
      tabIndex={tabIndex}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        event.stopPropagation();
        navigate(to);
      }}
    >
      {children}
    </a>
  );
}

/** A button with an optional icon and the key that does the same. */
export function Button({ children, icon, keys, title, onClick, kind = "plain", pressed, disabled, expanded, label }: {
  children?: ReactNode;
  icon?: string;
  keys?: string;
  title?: string;
  onClick: (event: React.MouseEvent<HTMLButtonElement>) => void;
  kind?: "plain" | "quiet" | "primary" | "icon";
  pressed?: boolean;
  disabled?: boolean;
  expanded?: boolean;
  label?: string;
}): JSX.Element {
  const hint = [title ?? label, keys ? keyLabel(keys) : null].filter(Boolean).join("  ");
  return (
    <button type="button" className={`button ${kind}`} title={hint || undefined} aria-label={label} aria-pressed={pressed} aria-expanded={expanded} disabled={disabled} onClick={onClick}>
      {icon ? <Icon name={icon} /> : null}
      {children !== undefined ? <span className="text">{children}</span> : null}
      {keys && kind !== "icon" ? <kbd>{keyLabel(keys)}</kbd> : null}
    </button>
  );
}

/** The colour of a name, as an 8 px swatch in front of its text. */
export function Swatch({ name, slot }: { name: string; slot?: number }): JSX.Element {
  const current = useStore(theme);
  const own = slot ?? serviceSlot(name);
  const stroke = slotStroke(own, current);
  return <span className={`swatch ${own >= 8 ? "dashed" : ""}`} style={{ ["--swatch" as string]: stroke.colour }} aria-hidden="true" />;
}

/** A service's name with its colour. */
export function ServiceName({ name, slot }: { name: string | undefined; slot?: number }): JSX.Element {
  if (!name) return <span className="muted">no service</span>;
  return (
    <span className="service-name">
      <Swatch name={name} slot={slot} />
      <span className="cut">{name}</span>
    </span>
  );
}

/** A box that opens below its button and closes by Escape, by a click elsewhere and by losing the focus. */
export function Popover({ open, onClose, label, children, align = "left", className = "" }: {
  open: boolean;
  onClose: () => void;
  label: string;
  children: ReactNode;
  align?: "left" | "right";
  className?: string;
}): JSX.Element | null {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const before = document.activeElement as HTMLElement | null;
    const first = box.current?.querySelector<HTMLElement>("[data-autofocus], input, button, a, [tabindex='0']");
    (first ?? box.current)?.focus();
    const pressed = (event: PointerEvent): void => {
      if (!box.current?.parentElement?.contains(event.target as Node)) onClose();
    };
    document.addEventListener("pointerdown", pressed);
    return () => {
      document.removeEventListener("pointerdown", pressed);
      if (before?.isConnected && (document.activeElement === document.body || box.current?.contains(document.activeElement))) before.focus();
    };
  }, [open]);
  if (!open) return null;
  return (
    <div
      ref={box}
      className={`popover ${align} ${className}`}
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.preventDefault();
          event.stopPropagation();
          onClose();
        }
      }}
    >
      {children}
    </div>
  );
}

/** A modal dialog: the focus stays inside and returns where it was. */
export function Dialog({ label, onClose, children, className = "" }: { label: string; onClose: () => void; children: ReactNode; className?: string }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    (box.current?.querySelector<HTMLElement>("[data-autofocus], input, button") ?? box.current)?.focus();
    return () => {
      if (before?.isConnected) before.focus();
    };
  }, []);
  return (
    <div className="veil" onPointerDown={(event) => event.target === event.currentTarget && onClose()}>
      <div
        ref={box}
        className={`dialog ${className}`}
        role="dialog"
        aria-modal="true"
        aria-label={label}
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.preventDefault();
            event.stopPropagation();
            onClose();
          }
          if (event.key === "Tab") keepInside(event, box.current);
        }}
      >
        {children}
      </div>
    </div>
  );
}

function keepInside(event: React.KeyboardEvent, box: HTMLElement | null): void {
  const stops = [...(box?.querySelectorAll<HTMLElement>("a[href], button:not([disabled]), input, select, textarea, [tabindex='0']") ?? [])];
  if (stops.length === 0) return;
  const last = stops[stops.length - 1];
  if (event.shiftKey && document.activeElement === stops[0]) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    stops[0].focus();
  }
}

/** Tabs of one page; the arrows walk, the tab is part of the URL. */
export function Tabs({ tabs, current, onSelect, label }: { tabs: { id: string; title: string; note?: string; keys?: string }[]; current: string; onSelect: (id: string) => void; label: string }): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  return (
    <div
      ref={list}
      className="tabs"
      role="tablist"
      aria-label={label}
      onKeyDown={(event) => {
        const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
        if (step === 0) return;
        event.preventDefault();
        const next = tabs[(tabs.findIndex((tab) => tab.id === current) + step + tabs.length) % tabs.length];
        onSelect(next.id);
        requestAnimationFrame(() => list.current?.querySelector<HTMLElement>("[aria-selected=true]")?.focus());
      }}
    >
      {tabs.map((tab) => (
        <button
          key={tab.id}
          id={`${id}${tab.id}`}
          type="button"
          role="tab"
          className="tab"
          aria-selected={tab.id === current}
          tabIndex={tab.id === current ? 0 : -1}
          title={tab.keys ? `${tab.title}  ${keyLabel(tab.keys)}` : undefined}
          onClick={() => onSelect(tab.id)}
        >
          {tab.title}
          {tab.note ? <span className="note">{tab.note}</span> : null}
        </button>
      ))}
    </div>
  );
}

/** A number that the page leads with. */
export function BigNumber({ label, value, tone }: { label: string; value: ReactNode; tone?: "error" | "warning" | "ok" }): JSX.Element {
  return (
    <div className="big-number">
      <span className="label">{label}</span>
      <span className={`value ${tone ?? ""}`}>{value}</span>
    </div>
  );
}

/** Width of an element, followed while it changes. */
export function useWidth<T extends HTMLElement>(): [React.RefObject<T>, number] {
  const element = useRef<T>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return undefined;
    setWidth(Math.floor(target.clientWidth));
    const observer = new ResizeObserver(() => setWidth(Math.floor(target.clientWidth)));
    observer.observe(target);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}
