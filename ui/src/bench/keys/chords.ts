/** Key presses as text, such as "Ctrl+Shift+z", and as one would read them on a key cap. */

export interface Press {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** Cmd counts as Ctrl. Where the layout has no Latin letters, the place of the key decides. */
export function chordOf(press: Press): string {
  let key = press.key === " " ? "Space" : press.key;
  const latin = /^[\x20-\x7e]$/.test(key);
  const place = /^(?:Key([A-Z])|Digit(\d))$/.exec(press.code);
  const named = place?.[1]?.toLowerCase() ?? place?.[2];
  if (named !== undefined && (press.altKey || (!latin && key.length === 1))) key = named;
  if (/^[A-Z]$/.test(key)) key = key.toLowerCase();
  // What Shift does to a sign is part of the sign; letters and named keys keep it.
  const shift = press.shiftKey && (key.length > 1 || /^[a-z]$/.test(key));
  return `${press.ctrlKey || press.metaKey ? "Ctrl+" : ""}${press.altKey ? "Alt+" : ""}${shift ? "Shift+" : ""}${key}`;
}

const CAPS: Record<string, string> = {
  Enter: "↵", Escape: "Esc", Delete: "Del", Backspace: "⌫", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓",
  Shift: "⇧",
};

export function cap(chord: string): string {
  return chord
    .split(/\+(?=.)/)
    .map((part) => CAPS[part] ?? (/^[a-z]$/.test(part) ? part.toUpperCase() : part))
    .join(" ");
}
