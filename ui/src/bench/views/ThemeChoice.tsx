import { useState } from "react";

const CHOICES = [["auto", "As the system"], ["light", "Light"], ["dark", "Dark"]] as const;

/** The theme belongs to the whole site; its own script applies and remembers it. */
export function ThemeChoice(): React.ReactNode {
  const [chosen, setChosen] = useState(document.documentElement.dataset["themeChosen"] ?? "auto");
  return (
    <fieldset className="bx-field mt-3">
      <legend>Colours</legend>
      {CHOICES.map(([choice, name]) => (
        <label key={choice} className="form-check">
          <input
            type="radio"
            className="form-check-input"
            name="theme"
            checked={chosen === choice}
            onChange={() => {
              document.dispatchEvent(new CustomEvent("assay:theme", { detail: choice }));
              setChosen(choice);
            }}
          />
          <span className="form-check-label">{name}</span>
        </label>
      ))}
    </fieldset>
  );
}
