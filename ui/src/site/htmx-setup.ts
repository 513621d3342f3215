/** htmx under a strict CSP: no inline styles, no eval, and the CSRF token with every request. */
import htmx from "htmx.org";

import { csrfToken } from "../api/csrf";

export function setUpHtmx(): void {
  htmx.config.includeIndicatorStyles = false;
  htmx.config.allowEval = false;
  htmx.config.allowScriptTags = false;
  htmx.config.selfRequestsOnly = true;
  document.addEventListener("htmx:configRequest", (event) => {
    const { headers } = (event as CustomEvent<{ headers: Record<string, string> }>).detail;
    headers["X-CSRFToken"] = csrfToken();
  });
  // A refused form comes back with 422 and the form in its body: it is shown like a success.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = event as CustomEvent<{ xhr: XMLHttpRequest; shouldSwap: boolean; isError: boolean }>;
    if (detail.xhr.status === 422) {
      detail.shouldSwap = true;
      detail.isError = false;
    }
  });
}

/** Runs once now and again for every part of a page that htmx brings in. */
export function onContent(run: (root: ParentNode) => void): void {
  run(document);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target instanceof Element) run(event.target);
  });
}
