import { useState } from "react";
import { token } from "../core/api";
import { curlCommand } from "../core/commands";
import { useKeys } from "../core/keys";
import { apiBase, linkTo, useView, useWindow } from "../core/router";
import { useStore } from "../core/store";
import { Button, Popover } from "../ui/controls";
import { copyText } from "../ui/toast";
import { shared } from "./share";

/** Copies what is on display: as a link, as data, as a question to the API, as a command. `y` copies the link at once. */
export function CopyMenu(): JSX.Element {
  const current = useView();
  const window = useWindow();
  const offered = useStore(shared);
  const [open, setOpen] = useState(false);
  const share = open ? offered?.() : undefined;
  const link = (): string => linkTo({ from: String(window.from), to: String(window.to) });
  const moving = current.from.startsWith("now") || current.to.startsWith("now");
  const forms: { name: string; note: string; text: () => string }[] = [
    { name: "Link", note: "with absolute times: shows the same to everybody", text: link },
    ...(moving ? [{ name: "Moving link", note: `${current.from} to ${current.to}, whenever it is opened`, text: () => linkTo({}) }] : []),
    ...(share?.json ? [{ name: "JSON", note: "the rows on display", text: share.json }] : []),
    ...(share ? [{ name: "curl", note: "the question to the API", text: () => curlCommand(new URL(share.path, apiBase).href, token() !== null) }] : []),
    ...(share?.command ? [{ name: "Terminal", note: share.command.split(" ").slice(0, 2).join(" "), text: () => share.command ?? "" }] : []),
  ];
  useKeys([
    { keys: "y", label: "Copy the link, with absolute times", group: "Context", run: () => void copyText(link(), "Link") },
    { keys: "Y", label: "Copy as link, JSON, curl, command", group: "Context", run: () => setOpen(true) },
  ]);
  return (
    <div className="anchor">
      <Button kind="icon" icon="link" label="Copy as" keys="Y" expanded={open} onClick={() => setOpen(!open)} />
      <Popover open={open} onClose={() => setOpen(false)} label="Copy as" align="right" className="copy-box">
        <ul>
          {forms.map((form) => (
            <li key={form.name}>
              <button type="button" onClick={() => {
                void copyText(form.text(), form.name);
                setOpen(false);
              }}><b>{form.name}</b><span className="note">{form.note}</span></button>
            </li>
          ))}
        </ul>
      </Popover>
    </div>
  );
}
