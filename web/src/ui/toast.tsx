import { Store, useStore } from "../core/store";

const current = new Store<string | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says for a few seconds what was done. */
export function toast(text: string): void {
  current.set(text);
  clearTimeout(timer);
  timer = setTimeout(() => current.set(null), 3500);
}

/** Copies text and says so. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied`);
  } catch {
    // Without the clipboard (no secure context) a selected field is the way that always works.
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "off-screen";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    toast(done ? `${what} copied` : `could not copy ${what.toLowerCase()}`);
  }
}

/** The place where toasts appear. */
export function ToastPlace(): JSX.Element {
  const text = useStore(current);
  return (
    <div className="toast-place" role="status" aria-live="polite">
      {text === null ? null : <div className="toast">{text}</div>}
    </div>
  );
}
