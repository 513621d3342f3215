/** Starts the bench on `<div id="bench" data-api data-batch data-home data-person>`. */
import { createRoot } from "react-dom/client";

import { isPicture, type Task } from "../api/types";
import { picture } from "../surfaces/image/pictures";
import { App, type Places } from "./App";
import "./bench.css";
import { Engine } from "./engine";
import { openJournal } from "./journal/indexeddb";
import { memoryJournal } from "./journal/memory";
import type { Journal } from "./journal/records";
import { serverAt } from "./server";
import { tabLock } from "./tabs";

const prepare = ({ item: { media } }: Task): Promise<unknown> | undefined => (isPicture(media) ? picture(media.url) : undefined);
const anew = ({ item: { media } }: Task): Promise<unknown> | undefined => (isPicture(media) ? fetch(media.url, { cache: "reload" }).catch(() => undefined) : undefined);

async function main(element: HTMLElement): Promise<void> {
  const { api = "/api/v1", batch = "", home = "/", person = "", signin = "/account/login/?next=" } = element.dataset;
  const places: Places = { home, signIn: signin };
  // A reviewer may ask for one certain item.
  const item = new URLSearchParams(location.search).get("item");
  let fleeting = false;
  const journal: Journal = await openJournal(person, batch).catch(() => {
    fleeting = true;
    return memoryJournal();
  });
  if (!element.closest("main")) element.setAttribute("role", "main");
  const root = createRoot(element);
  let engine: Engine | null = null;
  const lock = tabLock(`${person}/${batch}`, async () => engine?.stop());

  const begin = (start: boolean): void => {
    const made = new Engine({ person, batch }, serverAt(api, batch), journal, { fleeting, prepare, anew, item, online: () => navigator.onLine });
    engine = made;
    root.render(<App key={String(start)} engine={made} places={places} onTake={() => void lock.takeOver().then(() => begin(true))} />);
    if (start) void made.start();
    else void made.stop();
  };
  document.addEventListener("visibilitychange", () => {
    engine?.seen(document.visibilityState === "visible");
  });
  addEventListener("pagehide", () => void engine?.flush());
  addEventListener("online", () => engine?.retry());
  for (const name of ["keydown", "pointerdown", "pointermove", "wheel"] as const) {
    addEventListener(name, () => engine?.active(), { passive: true, capture: true });
  }
  addEventListener("beforeunload", (event) => {
    if (engine && engine.get().unsent > 0) event.preventDefault();
  });
  begin(await lock.acquire());
}

const element = document.getElementById("bench");
if (element) void main(element);
