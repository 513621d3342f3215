/** What is said about the selected object beside its label. */
import { useId } from "react";

import type { LabelAttribute } from "../../api/types";
import { withAttribute } from "../../labels/attributes";
import type { AttributeValue, Attributes } from "../../labels/values";

interface Props {
  label: string;
  attributes: readonly LabelAttribute[];
  said: Attributes | undefined;
  /** A tag makes typing one step of undo. */
  onSay: (said: Attributes, tag?: string) => void;
}

/** More options than this become a list to open. */
const SHOWN = 6;

export function AttributePanel({ label, attributes, said, onSay }: Props): React.ReactNode {
  if (attributes.length === 0) return null;
  return (
    <section className="bx-attributes" aria-label={`Attributes of ${label}`}>
      <h2 className="bx-title">About this {label}</h2>
      {attributes.map((one) => (
        <Field key={one.name} attribute={one} value={said?.[one.name]} onSay={(value, tag) => onSay(withAttribute(said, one.name, value), tag)} />
      ))}
    </section>
  );
}

interface FieldProps {
  attribute: LabelAttribute;
  value: AttributeValue | undefined;
  onSay: (value: AttributeValue | null, tag?: string) => void;
}

function Field({ attribute, value, onSay }: FieldProps): React.ReactNode {
  const id = useId();
  const { name, kind, options, required, help } = attribute;
  const lacks = required && value === undefined;
  const title = (
    <>
      {name}
      {required && <span className={lacks ? "bx-lacks" : "text-secondary"}>{lacks ? " needed" : " *"}</span>}
    </>
  );
  if (kind === "flag" || kind === "choices" || (kind === "choice" && options.length <= SHOWN)) {
    const chosen = kind === "flag" ? (value === undefined ? [] : [value ? "yes" : "no"]) : Array.isArray(value) ? value : typeof value === "string" ? [value] : [];
    const press = (option: string): void => {
      const on = chosen.includes(option);
      if (kind === "choices") onSay(on ? chosen.filter((one) => one !== option) : [...chosen, option]);
      else if (kind === "flag") onSay(on ? null : option === "yes");
      else onSay(on ? null : option);
    };
    return (
      <fieldset className="bx-attribute" title={help || undefined}>
        <legend>{title}</legend>
        <div className="bx-options">
          {(kind === "flag" ? ["yes", "no"] : options).map((option) => (
            <button key={option} type="button" className={`bx-option ${chosen.includes(option) ? "bx-on" : ""}`} aria-pressed={chosen.includes(option)} data-plain-enter onMouseDown={(event) => event.preventDefault()} onClick={() => press(option)}>
              {option}
            </button>
          ))}
        </div>
        {help && <small>{help}</small>}
      </fieldset>
    );
  }
  return (
    <div className="bx-attribute">
      <label htmlFor={id}>{title}</label>
      {kind === "choice" ? (
        <select id={id} className="form-select" value={typeof value === "string" ? value : ""} onChange={(event) => onSay(event.target.value)}>
          <option value="">…</option>
          {options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      ) : kind === "number" ? (
        <input id={id} className="form-control" type="number" step="any" value={typeof value === "number" ? value : ""} onChange={(event) => onSay(Number.isFinite(event.target.valueAsNumber) ? event.target.valueAsNumber : null, `${name}-typed`)} />
      ) : (
        <input id={id} className="form-control" maxLength={1000} value={typeof value === "string" ? value : ""} onChange={(event) => onSay(event.target.value, `${name}-typed`)} />
      )}
      {help && <small>{help}</small>}
    </div>
  );
}
