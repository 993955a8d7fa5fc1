import { useState } from "react";
import { activeBindings, keyLabel } from "../core/keys";
import { setSingleKeys, singleKeys } from "../core/preferences";
import { useStore } from "../core/store";
import { Button, Dialog } from "./controls";

/** All keys that work on this page, made from the bindings in force. */
export function KeySheet({ onClose }: { onClose: () => void }): JSX.Element {
  const single = useStore(singleKeys);
  const [groups] = useState(() => {
    const map = new Map<string, Map<string, string[]>>();
    for (const binding of activeBindings()) {
      if (binding.hidden) continue;
      const labels = map.get(binding.group) ?? new Map<string, string[]>();
      const keys = labels.get(binding.label) ?? [];
      if (!keys.includes(binding.keys)) keys.push(binding.keys);
      map.set(binding.group, labels.set(binding.label, keys));
    }
    map.set("Lists", new Map([["Move", ["j", "k", "ArrowUp", "ArrowDown"]], ["First, last", ["Home", "End"]], ["A page", ["PageUp", "PageDown"]], ["Open", ["Enter"]]]));
    map.set("Charts", new Map([["Read values", ["ArrowLeft", "ArrowRight"]], ["Select", ["Shift+ArrowLeft", "Shift+ArrowRight"]], ["Apply the selection", ["Enter"]], ["As a table", ["Alt+T"]]]));
    return map;
  });
  return (
    <Dialog label="Keys" onClose={onClose} className="key-sheet">
      <div className="row"><h2>Keys on this page</h2><span className="push" /><Button kind="icon" icon="close" label="Close" keys="Escape" onClick={onClose} /></div>
      <div className="key-groups">
        {[...groups].map(([group, labels]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {[...labels].map(([label, keys]) => (
                <div key={label}>
                  <dt>{keys.map((key) => <kbd key={key}>{keyLabel(key)}</kbd>)}</dt>
                  <dd>{label}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className="check"><input type="checkbox" checked={single} onChange={(event) => setSingleKeys(event.target.checked)} /> Single keys are on</label>
    </Dialog>
  );
}
