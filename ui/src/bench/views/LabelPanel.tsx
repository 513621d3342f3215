/** The labels with their keys; what choosing one does is the editor's business. */
import { useContext, useMemo, useRef, useState } from "react";

import type { LabelName } from "../../api/types";
import { colorOf } from "../../labels/colors";
import { cap } from "../keys/chords";
import { EDITOR, Router, useKeys } from "../keys/use-keys";

interface Props {
  labels: readonly LabelName[];
  title: string;
  /** One of them, any of them, or tools that act on objects. */
  mode: "one" | "many" | "tool";
  chosen: ReadonlySet<string>;
  suggested?: ReadonlySet<string>;
  onPick: (name: string) => void;
}

/** More labels than this get a search field. */
const MANY = 14;

export function LabelPanel({ labels, title, mode, chosen, suggested, onPick }: Props): React.ReactNode {
  const router = useContext(Router);
  const field = useRef<HTMLInputElement>(null);
  const [filter, setFilter] = useState("");
  const names = useMemo(() => labels.map(({ name }) => name), [labels]);
  const keys = router.labelKeys;
  const searched = labels.length > MANY;
  const shown = labels
    .map((label, place) => ({ ...label, place }))
    .filter(({ name, help }) => `${name} ${help}`.toLowerCase().includes(filter.trim().toLowerCase()));

  useKeys(EDITOR, {
    label: (place) => {
      const name = names[place];
      if (name === undefined) return false;
      onPick(name);
      return true;
    },
    on: { filter: () => (searched ? field.current?.focus() : false) },
  });

  const typed = (event: React.KeyboardEvent): void => {
    if (event.key === "Enter" && !event.ctrlKey) {
      const first = shown[0];
      if (first) onPick(first.name);
      setFilter("");
      field.current?.blur();
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Escape") {
      setFilter("");
      field.current?.blur();
      event.stopPropagation();
    }
  };

  return (
    <section className="bx-labels" aria-label={title}>
      <h2 className="bx-title">{title}</h2>
      {searched && (
        <input ref={field} type="search" className="form-control bx-filter" placeholder="Search labels ( / )" aria-label="Search labels" value={filter} onChange={(event) => setFilter(event.target.value)} onKeyDown={typed} />
      )}
      <div className="bx-label-list" role={mode === "one" ? "radiogroup" : "group"} aria-label={title}>
        {shown.map(({ name, help, place }) => {
          const on = chosen.has(name);
          const state = mode === "one" ? { role: "radio", "aria-checked": on } : mode === "many" ? { role: "checkbox", "aria-checked": on } : { "aria-pressed": on };
          return (
            <button
              key={name}
              type="button"
              className={`bx-label ${on ? "bx-on" : ""} ${!on && suggested?.has(name) ? "bx-is-suggested" : ""}`}
              data-plain-enter
              title={help || undefined}
              // The focus stays on the item, where the keys are.
              onPointerDown={(event) => event.preventDefault()}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onPick(name)}
              {...state}
            >
              {mode === "tool" ? <i className="bx-swatch" style={{ background: colorOf(name, names) }} /> : <i className={`bx-mark bx-mark-${mode}`} />}
              <span className="bx-label-name">
                {name}
                {help && <small>{help}</small>}
              </span>
              {!on && suggested?.has(name) && <small className="bx-hint">suggested</small>}
              {keys[place] && <kbd aria-hidden="true">{cap(keys[place])}</kbd>}
            </button>
          );
        })}
        {shown.length === 0 && <p className="text-secondary">No label goes by that name.</p>}
      </div>
    </section>
  );
}
