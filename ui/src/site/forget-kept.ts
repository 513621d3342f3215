/** Whoever signs out leaves nothing of what they typed in the tab. */

/** Begins the names of what pages keep in a tab until the server has it. */
export const KEPT = "assay-typed:";

export function forgetKeptAtSignOut(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || !form.action.endsWith("/account/logout/")) return;
    try {
      for (const key of Object.keys(sessionStorage)) if (key.startsWith(KEPT)) sessionStorage.removeItem(key);
    } catch {
      // Switched off: nothing was kept.
    }
  });
}
