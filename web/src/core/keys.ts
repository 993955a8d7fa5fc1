import { useEffect, useRef } from "react";
import { singleKeys } from "./preferences";

/** One row of the keyboard map; the `?` sheet is made from the bindings in force. */
export interface KeyBinding {
  /** `g s`, `Mod+K`, `Shift+Enter`, `j`, `ArrowDown`. Alternatives are separate bindings with the same label. */
  keys: string;
  label: string;
  /** The heading of the sheet under which it stands. */
  group: string;
  run: (event: KeyboardEvent) => void;
  /** Works inside text fields and with single keys switched off. */
  always?: boolean;
  /** False leaves the key to the browser, e.g. when nothing is focused that it could act on. */
  when?: () => boolean;
  /** Left out of the sheet. */
  hidden?: boolean;
}

const layers: { current: KeyBinding[] }[] = [];
let prefix = "";
let prefixTimer: ReturnType<typeof setTimeout> | undefined;

/** All bindings in force, innermost first. */
export function activeBindings(): KeyBinding[] {
  return layers.slice().reverse().flatMap((layer) => layer.current);
}

/** Puts bindings in force while the component is mounted. */
export function useKeys(bindings: KeyBinding[]): void {
  const layer = useRef(bindings);
  layer.current = bindings;
  useEffect(() => {
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
    };
  }, []);
}

const modifierOnly = new Set(["Shift", "Control", "Alt", "Meta", "CapsLock"]);

/** The name of a key press, as bindings write it. */
export function keyName(event: KeyboardEvent): string {
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("Mod");
  if (event.altKey) parts.push("Alt");
  const printable = event.key.length === 1 && event.key !== " ";
  if (event.shiftKey && !printable) parts.push("Shift");
  let key = event.key === " " ? "Space" : event.key;
  if (printable && parts.length > 0) key = key.toUpperCase();
  parts.push(key);
  return parts.join("+");
}

/** Whether the focus is where letters are typed. */
export function isTextField(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (!element?.tagName) return false;
  if (element.tagName === "TEXTAREA" || element.isContentEditable || element.tagName === "SELECT") return true;
  return element.tagName === "INPUT" && !["checkbox", "radio", "button", "range"].includes((element as HTMLInputElement).type);
}

/** Keys that a focused button or link handles itself. */
const ownedByControls = new Set(["Enter", "Space"]);

function handle(event: KeyboardEvent): void {
  if (event.defaultPrevented || modifierOnly.has(event.key) || event.isComposing) return;
  const name = keyName(event);
  const typing = isTextField(event.target);
  const dialog = document.querySelector("[role=dialog][aria-modal=true]");
  const sequence = prefix === "" ? name : `${prefix} ${name}`;
  const usable = (binding: KeyBinding): boolean => {
    if (dialog !== null && !binding.always) return false;
    if (binding.always) return true;
    if (typing) return false;
    const simple = !binding.keys.includes("Mod+") && !binding.keys.includes("Alt+");
    const navigation = /^(Arrow|Home|End|Page|Enter|Escape|Space|Shift\+(Enter|Arrow))/.test(binding.keys);
    return singleKeys.get() || !simple || navigation;
  };
  const control = (event.target as HTMLElement | null)?.closest?.("button, a[href], summary, [role=option], [role=menuitem], [role=tab]");
  const candidates = activeBindings().filter(usable);
  const match = candidates.find((binding) => {
    if (binding.keys !== sequence) return false;
    if (control && prefix === "" && ownedByControls.has(name)) return false;
    return binding.when?.() ?? true;
  });
  const hadPrefix = prefix !== "";
  clearTimeout(prefixTimer);
  prefix = "";
  if (match) {
    event.preventDefault();
    match.run(event);
    return;
  }
  if (!hadPrefix && !typing && candidates.some((binding) => binding.keys.startsWith(`${name} `))) {
    prefix = name;
    prefixTimer = setTimeout(() => {
      prefix = "";
    }, 1200);
    event.preventDefault();
  }
}

/** Starts to listen for keys; called once. */
export function startKeys(): void {
  document.addEventListener("keydown", handle);
}

/** A binding's keys as a person reads them. */
export function keyLabel(keys: string): string {
  const mac = typeof navigator !== "undefined" && /Mac/.test(navigator.platform);
  return keys
    .replace(/Mod\+/g, mac ? "⌘" : "Ctrl+")
    .replace(/Arrow(Up|Down|Left|Right)/g, (_, direction: string) => ({ Up: "↑", Down: "↓", Left: "←", Right: "→" })[direction] ?? direction)
    .replace("Escape", "Esc")
    .replace("PageDown", "PgDn")
    .replace("PageUp", "PgUp");
}
