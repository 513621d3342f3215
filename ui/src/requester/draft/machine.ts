/**
 * What happens to what somebody types into a request: one save at a time, until the server holds the last of it.
 *
 * Nothing here knows of a page, a clock or a network. `step` takes what happened and returns what is to be done.
 */
import { same, type Form } from "./form";

export type Kind = "save" | "submit";

export interface Flight {
  kind: Kind;
  count: number;
  form: Form;
}

/** The formats that can hold the task's labels, and which are chosen. */
export type Formats = [name: string, chosen: boolean][];

export type Outcome =
  | { kind: "saved"; version: number; formats: Formats }
  | { kind: "conflict"; version: number; panel: string; stored: Form }
  /** `version` is there where the form was saved all the same. */
  | { kind: "refused"; sentence: string; version?: number; formats?: Formats }
  /** `same`: the project holds what was sent. */
  | { kind: "submitted"; address: string; same: boolean }
  | { kind: "again"; words: string; after: number | null }
  | { kind: "signed-out" }
  | { kind: "stopped"; words: string };

export type Trouble =
  | Exclude<Outcome, { kind: "saved" | "conflict" }>
  | (Extract<Outcome, { kind: "conflict" }> & { typed: Form });

export interface Model {
  /** What the page calls itself, and the count of the newest request. */
  page: string;
  count: number;
  /** Requests that may have arrived and had no reply, also of earlier lives of the page: the newest count of each. */
  unheard: Readonly<Record<string, number>>;
  /** What the server is known to hold, and its version. */
  base: Form;
  version: number;
  typed: Form;
  flight: Flight | null;
  /** What is to be done as soon as nothing is on its way. */
  wanted: "submit" | "leave" | null;
  trouble: Trouble | null;
  /** Why the last submit came to nothing. */
  notSubmitted: string | null;
  /** Requests in a row that came to nothing. */
  tries: number;
  /** When the oldest change was typed that is not on its way yet; in milliseconds. */
  since: number | null;
  savedAt: number | null;
  /** It is a project now, and the page is on its way there. */
  filed: boolean;
}

export type Happening =
  | { kind: "typed"; form: Form }
  | { kind: "due" }
  | { kind: "replied"; count: number; outcome: Outcome }
  | { kind: "submit" }
  /** The page is hidden or about to go: what is typed travels now. */
  | { kind: "hidden" }
  /** Somebody follows a link. */
  | { kind: "leave" }
  /** They have waited for long enough. */
  | { kind: "impatient" }
  /** A conflict is decided. */
  | { kind: "chosen"; form: Form };

export interface Request {
  kind: Kind;
  form: Form;
  version: number;
  page: string;
  count: number;
  unheard: Readonly<Record<string, number>>;
}

export type Deed =
  | { do: "send"; request: Request; leaving: boolean }
  /** Say `due` after so many milliseconds; an earlier wait is over. */
  | { do: "wait"; milliseconds: number }
  | { do: "keep" }
  | { do: "forget" }
  /** The server holds the form: panels beside it may be fetched anew. */
  | { do: "saved"; formats: Formats }
  | { do: "go"; address: string | null };

export type Stepped = readonly [Model, readonly Deed[]];

export const QUIET = 700;
/** Somebody who never pauses is saved so often. */
export const LONGEST = 3_000;
const MOST_SUBMITS = 5;
const UNKNOWN = "The server does not answer. What you typed is kept; whether the request arrived shows as soon as the server does.";

export function begin(start: Pick<Model, "page" | "base" | "version" | "typed"> & Partial<Pick<Model, "unheard">>): Model {
  const nothing = { count: 0, flight: null, wanted: null, trouble: null, notSubmitted: null, tries: 0, since: null, savedAt: null, filed: false };
  return { unheard: {}, ...nothing, ...start };
}

/** Whether the server may hold something else than what is typed. */
export function unsaved(model: Model): boolean {
  return !same(model.typed, model.base) || Object.keys(model.unheard).length > 0;
}

/** While a submit is on its way nothing can be typed: it would be no part of it. */
export function locked(model: Model): boolean {
  return model.filed || model.wanted === "submit" || model.flight?.kind === "submit";
}

/** Whether another request would come to nothing, whatever the network does. */
export function over(model: Model): boolean {
  return model.trouble?.kind === "submitted" || model.trouble?.kind === "stopped";
}

export function step(model: Model, happening: Happening, now: number): Stepped {
  switch (happening.kind) {
    case "typed":
      return typed(model, happening.form, now);
    case "due":
      return model.flight || over(model) || !worthSending(model) ? [model, []] : send(model, model.wanted === "submit" ? "submit" : "save");
    case "replied":
      return model.flight?.count === happening.count ? replied(model, model.flight, happening.outcome, now) : [model, []];
    case "submit":
      return submit({ ...model, notSubmitted: null, tries: 0 });
    case "hidden":
      return hidden(model);
    case "leave":
      return leave(model);
    case "impatient":
      return model.wanted === "leave" ? [{ ...model, wanted: null }, [{ do: "go", address: null }]] : [model, []];
    case "chosen":
      return chosen(model, happening.form);
  }
}

function typed(model: Model, form: Form, now: number): Stepped {
  if (same(form, model.typed)) return [model, []];
  const since = model.since ?? now;
  const trouble = model.trouble?.kind === "refused" ? null : model.trouble;
  const next = { ...model, typed: form, since, trouble };
  if (!unsaved(next)) return [{ ...next, since: null }, [{ do: "forget" }]];
  if (model.flight || over(next)) return [next, [{ do: "keep" }]];
  const milliseconds = Math.max(0, Math.min(QUIET, since + LONGEST - now));
  return [next, [{ do: "keep" }, { do: "wait", milliseconds }]];
}

/** A conflict is asked about again only where the form is another by now: what is shown would be out of date. */
function worthSending(model: Model): boolean {
  if (model.wanted === "submit") return true;
  if (model.trouble?.kind === "conflict") return !same(model.typed, model.trouble.typed);
  return unsaved(model) && model.trouble?.kind !== "refused";
}

function send(model: Model, kind: Kind, leaving = false): Stepped {
  const { page, version, unheard, typed: form } = model;
  const count = model.count + 1;
  const next: Model = { ...model, count, flight: { kind, count, form }, unheard: { ...unheard, [page]: count }, since: null };
  const wanted = kind === "submit" ? null : model.wanted;
  return [{ ...next, wanted }, [{ do: "keep" }, { do: "send", request: { kind, form, version, page, count, unheard }, leaving }]];
}

function submit(model: Model): Stepped {
  if (over(model) || locked(model)) return [model, []];
  return model.flight ? [{ ...model, wanted: "submit" }, []] : send(model, "submit");
}

function hidden(model: Model): Stepped {
  const travels = model.flight !== null && same(model.flight.form, model.typed);
  if (travels || locked(model) || over(model) || !worthSending(model)) return [model, []];
  // Beside a save that is still on its way: whichever arrives last, the server keeps the newer one.
  return send(model, "save", true);
}

function leave(model: Model): Stepped {
  if (!unsaved(model) || over(model)) return [model, [{ do: "go", address: null }]];
  if (locked(model)) return [model, []];
  if (!model.flight && !worthSending(model)) return [model, [{ do: "go", address: null }]];
  const next: Model = { ...model, wanted: "leave" };
  return next.flight ? [next, []] : send(next, "save");
}

function chosen(model: Model, form: Form): Stepped {
  if (model.trouble?.kind !== "conflict" || model.flight) return [model, []];
  const { version, stored } = model.trouble;
  return send({ ...model, trouble: null, version, base: stored, typed: form }, "save");
}

function replied(model: Model, flight: Flight, outcome: Outcome, now: number): Stepped {
  const landed: Model = { ...model, flight: null };
  switch (outcome.kind) {
    case "saved": {
      const [next, deeds] = goOn(held(landed, flight, outcome.version, now), now);
      return [next, [{ do: "saved", formats: outcome.formats }, ...deeds]];
    }
    case "submitted":
      if (outcome.same && same(flight.form, model.typed)) {
        return [{ ...held(landed, flight, model.version, now), wanted: null, filed: true }, [{ do: "forget" }, { do: "go", address: outcome.address }]];
      }
      return [{ ...landed, wanted: null, trouble: outcome }, []];
    case "refused":
      return refused(landed, flight, outcome, now);
    case "conflict":
      return goOn({ ...landed, wanted: null, trouble: { ...outcome, typed: flight.form }, tries: 0 }, now);
    case "again":
      return again(landed, flight, outcome);
    case "signed-out":
      return [stuck(landed, flight, outcome), [{ do: "wait", milliseconds: 10_000 }]];
    case "stopped":
      return [stuck(landed, flight, outcome), []];
  }
}

/** The server holds what a request carried: what was sent before it can change nothing any more. */
function held(model: Model, flight: Flight, version: number, now: number): Model {
  return { ...model, base: flight.form, version, unheard: {}, trouble: null, tries: 0, savedAt: now };
}

function goOn(model: Model, now: number): Stepped {
  if (!unsaved(model)) {
    const kept: Deed = { do: "forget" };
    if (model.wanted === "leave") return [{ ...model, wanted: null }, [kept, { do: "go", address: null }]];
    return model.wanted === "submit" ? after([kept], send(model, "submit")) : [model, [kept]];
  }
  if (model.wanted && worthSending(model)) return send(model, model.wanted === "submit" ? "submit" : "save");
  if (model.since === null) return [model, [{ do: "keep" }]];
  return [model, [{ do: "keep" }, { do: "wait", milliseconds: Math.max(0, Math.min(QUIET, model.since + LONGEST - now)) }]];
}

function refused(model: Model, flight: Flight, outcome: Extract<Outcome, { kind: "refused" }>, now: number): Stepped {
  const notSubmitted = flight.kind === "submit" || model.wanted === "submit" ? outcome.sentence : model.notSubmitted;
  if (outcome.version !== undefined) {
    const [next, deeds] = goOn({ ...held(model, flight, outcome.version, now), wanted: null, notSubmitted }, now);
    return [next, [{ do: "saved", formats: outcome.formats ?? [] }, ...deeds]];
  }
  // Typed on meanwhile: that may be what the server takes.
  const mended = !same(flight.form, model.typed);
  const next: Model = { ...model, wanted: null, trouble: mended ? null : outcome, notSubmitted, tries: 0 };
  return [next, mended ? [{ do: "wait", milliseconds: QUIET }] : []];
}

function again(model: Model, flight: Flight, outcome: Extract<Outcome, { kind: "again" }>): Stepped {
  const tries = model.tries + 1;
  const own = Math.min(30_000, 500 * 2 ** Math.min(tries - 1, 10));
  const next: Model = { ...model, tries, trouble: outcome };
  const deeds: Deed[] = [{ do: "wait", milliseconds: Math.max(outcome.after ?? 0, own) }];
  if (model.wanted === "leave") return [{ ...next, wanted: null }, [...deeds, { do: "go", address: null }]];
  if (flight.kind !== "submit" && model.wanted !== "submit") return [next, deeds];
  if (tries < MOST_SUBMITS) return [{ ...next, wanted: "submit" }, deeds];
  return [{ ...next, wanted: null, notSubmitted: UNKNOWN }, deeds];
}

function stuck(model: Model, flight: Flight, outcome: Extract<Outcome, { kind: "signed-out" | "stopped" }>): Model {
  const submitting = flight.kind === "submit" || model.wanted === "submit";
  const notSubmitted = submitting ? (outcome.kind === "stopped" ? outcome.words : "You are signed out.") : model.notSubmitted;
  return { ...model, wanted: null, trouble: outcome, notSubmitted };
}

function after(deeds: readonly Deed[], [model, more]: Stepped): Stepped {
  return [model, [...deeds, ...more]];
}
