/** What is typed and not acknowledged stays in this tab, also when the page is loaded again; signing out forgets it. */
import { KEPT } from "../../site/forget-kept";
import type { Form } from "./form";
import type { Model } from "./machine";

export type Kept = Pick<Model, "base" | "version" | "typed" | "unheard">;

export function keep(draft: string, { base, version, typed, unheard }: Model): void {
  try {
    sessionStorage.setItem(KEPT + draft, JSON.stringify({ base, version, typed, unheard } satisfies Kept));
  } catch {
    // Full, or switched off: leaving the page warns all the same.
  }
}

export function forget(draft: string): void {
  try {
    sessionStorage.removeItem(KEPT + draft);
  } catch {
    // Switched off: nothing was kept.
  }
}

export function keptOf(draft: string): Kept | null {
  try {
    return asKept(JSON.parse(sessionStorage.getItem(KEPT + draft) ?? "null"));
  } catch {
    return null;
  }
}

export function asKept(found: unknown): Kept | null {
  if (typeof found !== "object" || found === null) return null;
  const { base, version, typed, unheard } = found as Record<string, unknown>;
  if (!isForm(base) || !isForm(typed) || typeof version !== "number" || typeof unheard !== "object" || unheard === null) return null;
  return { base, version, typed, unheard: unheard as Kept["unheard"] };
}

function isForm(found: unknown): found is Form {
  return Array.isArray(found) && found.every((pair: unknown) => Array.isArray(pair) && pair.length === 2 && pair.every((one) => typeof one === "string"));
}
