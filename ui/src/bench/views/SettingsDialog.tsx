import { useBench } from "../context";
import { PRESETS, type PresetName } from "../keys/presets";
import { Dialog } from "./Dialog";
import { ThemeChoice } from "./ThemeChoice";

export function SettingsDialog({ onClose }: { onClose: () => void }): React.ReactNode {
  const { settings, set } = useBench();
  return (
    <Dialog title="Settings" onClose={onClose}>
      <fieldset className="bx-field">
        <legend>Keys as in</legend>
        {(Object.keys(PRESETS) as PresetName[]).map((name) => (
          <label key={name} className="form-check">
            <input type="radio" className="form-check-input" name="preset" checked={settings.preset === name} onChange={() => set({ preset: name })} />
            <span className="form-check-label">{PRESETS[name].name}</span>
          </label>
        ))}
      </fieldset>
      <label className="form-check">
        <input type="checkbox" className="form-check-input" checked={settings.submitOnChoice} onChange={(event) => set({ submitOnChoice: event.target.checked })} />
        <span className="form-check-label">Submit as soon as a label is chosen, where one label is the whole answer</span>
      </label>
      <label className="form-check">
        <input type="checkbox" className="form-check-input" checked={settings.names} onChange={(event) => set({ names: event.target.checked })} />
        <span className="form-check-label">Write the names of objects on the item</span>
      </label>
      <ThemeChoice />
    </Dialog>
  );
}
