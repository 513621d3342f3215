/** Behaviours of the account and administration pages: shown passwords, codes from links, filters, passkeys. */

export function followReveal(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element | null)?.closest<HTMLElement>("[data-reveal]");
    const input = button && document.querySelector(button.dataset["reveal"] ?? "");
    if (!button || !(input instanceof HTMLInputElement)) return;
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    button.setAttribute("aria-label", shown ? "Hide the password" : "Show the password");
  });
}

/**
 * `form[data-from-fragment="#input"]` takes what stands behind the `#` of the address into its input, removes
 * it from the address, and goes on: browsers never send that part, so it is in no server's log.
 */
export function followFragment(): void {
  takeFragment();
  addEventListener("hashchange", takeFragment);
}

function takeFragment(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-from-fragment]");
  const input = form && document.querySelector<HTMLInputElement>(form.dataset["fromFragment"] ?? "");
  const code = decode(location.hash.slice(1));
  if (!form || !input || !/^[\w-]{20,200}$/.test(code)) return;
  input.value = code;
  history.replaceState(null, "", location.pathname + location.search);
  form.requestSubmit();
}

/** `input[data-filter="#table"]` shows the `[data-row]`s with every typed word; groups without any are hidden. */
export function followFilters(): void {
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || !input.dataset["filter"]) return;
    const table = document.querySelector(input.dataset["filter"]);
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of table?.querySelectorAll<HTMLElement>("[data-row]") ?? []) {
      const text = [...row.children].map((cell) => cell.textContent).join(" ").toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    for (const group of table?.querySelectorAll<HTMLElement>("[data-group]") ?? []) {
      group.hidden = group.querySelector("[data-row]:not([hidden])") === null;
    }
  });
}

/** Says in a sentence why a passkey did not work; browsers allow none where the address is a bare number. */
export function explainPasskeys(): void {
  const place = document.querySelector<HTMLElement>("[data-passkey-error]");
  const buttons = document.querySelectorAll<HTMLElement>("[data-needs-passkeys]");
  if (!place || buttons.length === 0) return;
  const bare = /^[\d.]+$|:/.test(location.hostname);
  if (bare || !("credentials" in navigator) || !window.isSecureContext) {
    for (const button of buttons) button.setAttribute("disabled", "");
    const local = location.hostname === "127.0.0.1" || location.hostname === "[::1]";
    const { protocol, port, pathname } = location;
    say(place, local ? `Passkeys need a host name: open ${protocol}//localhost:${port}${pathname} instead.` : "Passkeys need a host name and https.");
    place.classList.replace("text-danger", "text-secondary");
  }
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const { exception } = (event as CustomEvent<{ exception: unknown }>).detail;
    const name = exception instanceof Error ? exception.name : "";
    say(place, REASONS[name] ?? "The passkey could not be used. Try again, or choose another way.");
  });
}

const REASONS: Record<string, string> = {
  NotAllowedError: "Nothing was chosen, or the time for it was over. Try again.",
  InvalidStateError: "This device has a passkey for the account already.",
  SecurityError: "Passkeys of this account do not belong to this address.",
};

function say(place: HTMLElement, sentence: string): void {
  place.textContent = sentence;
  place.hidden = false;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
