/** What a person likes; kept in the browser. */
import { useState } from "react";

import { PRESETS, type PresetName } from "./keys/presets";

export interface Settings {
  preset: PresetName;
  submitOnChoice: boolean;
  /** Names of objects on the item. */
  names: boolean;
}

const KEY = "assay-bench-settings";
const FIRST: Settings = { preset: "assay", submitOnChoice: false, names: true };

export function useSettings(): [Settings, (some: Partial<Settings>) => void] {
  const [settings, put] = useState(read);
  const set = (some: Partial<Settings>): void => {
    const next = { ...settings, ...some };
    put(next);
    try {
      localStorage.setItem(KEY, JSON.stringify(next));
    } catch {
      // It then holds until the page is left.
    }
  };
  return [settings, set];
}

function read(): Settings {
  try {
    const found = { ...FIRST, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>) };
    return found.preset in PRESETS ? found : { ...found, preset: FIRST.preset };
  } catch {
    return FIRST;
  }
}
