/** What every page loads: the design system, htmx and small behaviours. No page needs an inline script. */
import "@tabler/core/dist/css/tabler.min.css";
import "./site.css";
import "./accounts.css";
import "@tabler/core";

import { explainPasskeys, followFilters, followFragment, followReveal } from "./accounts";
import { followCopyButtons } from "./copy";
import { forgetKeptAtSignOut } from "./forget-kept";
import { onContent, setUpHtmx } from "./htmx-setup";
import { followKeys } from "./keys";
import { showLocalTimes } from "./local-time";
import { followWidth, letTablesScroll } from "./scroll";
import { followThemeButtons } from "./theme-switch";
import { setUpUploads } from "./upload/form";

setUpHtmx();
followThemeButtons();
followCopyButtons();
followReveal();
followFilters();
forgetKeptAtSignOut();
// The bench has keys of its own.
if (!document.getElementById("bench")) followKeys();

const start = (): void => {
  onContent(showLocalTimes);
  onContent(setUpUploads);
  onContent(letTablesScroll);
  followWidth();
  followFragment();
  explainPasskeys();
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
