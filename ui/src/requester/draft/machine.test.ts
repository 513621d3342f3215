import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { agreeOn, same, type Form } from "./form";
import { asKept } from "./kept";
import { begin, locked, LONGEST, QUIET, step, unsaved, type Deed, type Happening, type Model, type Outcome, type Request } from "./machine";
import { bodyOf, outcomeOf } from "./send";
import { wordsOf } from "./words";

const EMPTY: Form = [["name", ""]];
const named = (name: string): Form => [["name", name]];
const start = (more: Partial<Model> = {}): Model => ({ ...begin({ page: "p", base: EMPTY, typed: EMPTY, version: 1 }), ...more });
const saved = (version: number): Outcome => ({ kind: "saved", version, formats: [] });
const AGAIN: Outcome = { kind: "again", words: "the server cannot be reached.", after: null };

function play(model: Model, ...happenings: Happening[]): [Model, Deed[]] {
  const deeds: Deed[] = [];
  for (const one of happenings) {
    const [next, more] = step(model, one, 0);
    model = next;
    deeds.push(...more);
  }
  return [model, deeds];
}

const requests = (deeds: readonly Deed[]): Request[] => deeds.flatMap((deed) => (deed.do === "send" ? [deed.request] : []));
const typed = (name: string): Happening => ({ kind: "typed", form: named(name) });
const due: Happening = { kind: "due" };
const replied = (count: number, outcome: Outcome): Happening => ({ kind: "replied", count, outcome });

describe("saving", () => {
  it("waits for a pause, and for no longer than three seconds", () => {
    const [first, deeds] = step(start(), typed("a"), 1_000);
    expect(deeds).toContainEqual({ do: "wait", milliseconds: QUIET });
    expect(step(first, typed("ab"), 1_000 + LONGEST - 100)[1]).toContainEqual({ do: "wait", milliseconds: 100 });
  });
  it("sends one request at a time, and then what was typed meanwhile", () => {
    const [model, deeds] = play(start(), typed("a"), due, typed("ab"), due, due);
    expect(requests(deeds).map(({ form }) => form)).toEqual([named("a")]);
    const [next, more] = play(model, replied(1, saved(2)), due);
    expect(requests(more)).toMatchObject([{ form: named("ab"), version: 2, count: 2, unheard: {} }]);
    expect(unsaved(play(next, replied(2, saved(3)))[0])).toBe(false);
  });
  it("repeats what had no reply, as a newer request that names the older", () => {
    const [, deeds] = play(start(), typed("a"), due, replied(1, AGAIN), due);
    expect(requests(deeds)[1]).toMatchObject({ count: 2, version: 1, unheard: { p: 1 } });
  });
  it("sends again also what was taken back while a reply was missing: the server may hold it", () => {
    const [, deeds] = play(start(), typed("a"), due, replied(1, AGAIN), typed(""), due);
    expect(requests(deeds)[1]?.form).toEqual(EMPTY);
  });
  it("sends nothing when what was typed is taken back in time", () => {
    expect(requests(play(start(), typed("a"), typed(""), due)[1])).toEqual([]);
  });
  it("takes no notice of a reply to an older request", () => {
    const [model] = play(start(), typed("a"), due, typed("ab"), { kind: "hidden" }, replied(1, saved(2)));
    expect([model.flight?.count, model.version, unsaved(model)]).toEqual([2, 1, true]);
  });
  it("lets the newest state travel when the page is hidden, and once only", () => {
    const [, deeds] = play(start(), typed("a"), { kind: "hidden" }, { kind: "hidden" });
    expect(deeds.filter((deed) => deed.do === "send")).toMatchObject([{ leaving: true }]);
  });
  it("does not insist on what the server refuses until it is mended", () => {
    const refused: Outcome = { kind: "refused", sentence: "too large" };
    const [model, deeds] = play(start(), typed("a"), due, replied(1, refused), due);
    expect(requests(deeds)).toHaveLength(1);
    expect(requests(play(model, typed("b"), due)[1])).toHaveLength(1);
  });
});

describe("leaving", () => {
  it("follows a link once the server has everything", () => {
    const [model, deeds] = play(start(), typed("a"), { kind: "leave" });
    expect(deeds.some((deed) => deed.do === "go")).toBe(false);
    expect(play(model, replied(1, saved(2)))[1]).toContainEqual({ do: "go", address: null });
  });
  it("follows it unsaved, so that the browser asks, where that cannot be or takes too long", () => {
    const [model] = play(start(), typed("a"), { kind: "leave" });
    for (const one of [replied(1, AGAIN), { kind: "impatient" }] as Happening[]) {
      const [next, deeds] = play(model, one);
      expect(deeds).toContainEqual({ do: "go", address: null });
      expect(unsaved(next)).toBe(true);
    }
  });
});

describe("submitting", () => {
  const submit: Happening = { kind: "submit" };
  it("waits for the save on its way and then carries the whole form with the newest version", () => {
    const [model, deeds] = play(start(), typed("a"), due, typed("ab"), submit);
    expect(requests(deeds)).toHaveLength(1);
    expect(locked(model)).toBe(true);
    const [, more] = play(model, replied(1, saved(2)));
    expect(requests(more)).toMatchObject([{ kind: "submit", form: named("ab"), version: 2 }]);
  });
  it("goes to the project, and keeps nothing in the tab", () => {
    const [model, deeds] = play(start(), typed("a"), submit, replied(1, { kind: "submitted", address: "/projects/a/", same: true }));
    expect(deeds.slice(-2)).toEqual([{ do: "forget" }, { do: "go", address: "/projects/a/" }]);
    expect([unsaved(model), locked(model)]).toEqual([false, true]);
  });
  it("is unlocked with its reason when it is refused, and what it carried is saved", () => {
    const [model] = play(start(), typed("a"), submit, replied(1, { kind: "refused", sentence: "No labels.", version: 2 }));
    expect([model.notSubmitted, locked(model), unsaved(model), model.version]).toEqual(["No labels.", false, false, 2]);
    expect(model.typed).toEqual(named("a"));
  });
  it("is tried again while there is no reply, and given back after five times", () => {
    let model = play(start(), typed("a"), submit)[0];
    for (let count = 1; count <= 4; count += 1) {
      model = play(model, replied(count, AGAIN))[0];
      expect(locked(model)).toBe(true);
      model = play(model, due)[0];
    }
    model = play(model, replied(5, AGAIN))[0];
    expect(locked(model)).toBe(false);
    expect(model.notSubmitted).toContain("does not answer");
    // It had arrived: the next save hears of it.
    const [next] = play(model, typed("b"), due, replied(6, { kind: "submitted", address: "/projects/a/", same: false }));
    expect(next.trouble?.kind).toBe("submitted");
  });
});

describe("a conflict", () => {
  const stored: Form = [["name", "theirs"]];
  const conflict = (version: number): Outcome => ({ kind: "conflict", version, panel: "", stored });
  it("is left alone until somebody chooses, then saved on top of what they saw", () => {
    const [model, deeds] = play(start(), typed("mine"), due, replied(1, conflict(7)), due);
    expect(requests(deeds)).toHaveLength(1);
    expect(model.typed).toEqual(named("mine"));
    const [next, more] = play(model, { kind: "chosen", form: named("mine") });
    expect(requests(more)).toMatchObject([{ version: 7, form: named("mine") }]);
    expect(next.base).toEqual(stored);
  });
  it("is looked at again when somebody types on", () => {
    const [, deeds] = play(start(), typed("mine"), due, replied(1, conflict(7)), typed("mine too"), due);
    expect(requests(deeds)[1]).toMatchObject({ version: 1, form: named("mine too") });
  });
  it("compares labels with their help, and formats in their order", () => {
    const one: Form = [["label_name", "a"], ["label_help", ""], ["formats", "csv"]];
    expect(agreeOn("labels", one, [["label_name", "a"], ["label_help", "x"]])).toBe(false);
    expect(agreeOn("formats", one, [["formats", "csv"]])).toBe(true);
  });
});

describe("words", () => {
  const words = (model: Model): string | undefined => wordsOf(model, { clock: () => "10:31", draft: "3" })?.words;
  it("say what is", () => {
    expect(words(start())).toBeUndefined();
    const [typing] = play(start(), typed("a"));
    expect(words(typing)).toBe("Not saved yet.");
    const [saving] = play(typing, due);
    expect(words(saving)).toBe("Saving…");
    expect(words(play(saving, replied(1, saved(2)))[0])).toBe("Saved 10:31.");
    expect(words(play(saving, replied(1, AGAIN))[0])).toBe("Not saved: the server cannot be reached. It is tried again by itself.");
    expect(words(play(saving, replied(1, { kind: "signed-out" }))[0])).toContain("you are signed out");
  });
});

describe("what is kept in the tab", () => {
  it("is read back, and nothing else is", () => {
    const kept = { base: EMPTY, typed: named("a"), version: 3, unheard: { p: 2 } };
    expect(asKept(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
    for (const odd of [null, 3, {}, { ...kept, typed: [["a"]] }, { ...kept, version: "3" }]) expect(asKept(odd)).toBeNull();
  });
});

describe("the way to the server", () => {
  it("names the request, and those before it that nobody heard of", () => {
    const body = new URLSearchParams(bodyOf({ kind: "save", form: [["guide", "a\nb&c"]], version: 4, page: "p", count: 3, unheard: { o: 9, p: 2 } }));
    expect([...body]).toEqual([["version", "4"], ["save", "p.3"], ["unheard", "o.9 p.2"], ["guide", "a\nb&c"]]);
  });
  it("takes no page for a reply", () => {
    expect(outcomeOf(200, null, null).kind).toBe("again");
    expect(outcomeOf(502, null, null).kind).toBe("again");
    expect(outcomeOf(401, null, null).kind).toBe("signed-out");
    expect(outcomeOf(403, null, null).kind).toBe("stopped");
    expect(outcomeOf(409, { kind: "late" }, null).kind).toBe("again");
  });
});

/** A server as `core/project/page_saves.py` has it, over a network that loses, repeats and delays. */
class Server {
  version = 1;
  form: Form = EMPTY;
  filed: Form | null = null;
  private last = { page: "", count: 0, since: 0 };

  answer({ kind, form, version, page, count, unheard }: Request): Outcome {
    if (page === this.last.page && count < this.last.count) return AGAIN;
    if (this.filed) return { kind: "submitted", address: "", same: same(this.filed, form) };
    const own = this.last.page !== "" && (this.last.page === page || this.last.count <= (unheard[this.last.page] ?? 0));
    if (version !== this.version && !(own && version >= this.last.since) && !same(form, this.form)) return { kind: "conflict", version: this.version, panel: "", stored: this.form };
    if (page !== this.last.page || count !== this.last.count) {
      this.last = { page, count, since: own ? this.last.since : this.version };
      if (!same(form, this.form) || Object.keys(unheard).length > 0) this.version += 1;
      this.form = form;
    }
    if (kind === "submit") this.filed = form;
    return kind === "submit" ? { kind: "submitted", address: "", same: true } : saved(this.version);
  }
}

describe("any schedule", () => {
  it("ends with what was typed last, and never in a conflict with itself", () => {
    const acts = fc.array(fc.tuple(fc.constantFrom("type", "type", "due", "arrive", "lose", "late", "hidden", "load", "submit", "leave"), fc.nat(5)), { maxLength: 60 });
    fc.assert(
      fc.property(acts, (schedule) => {
        const server = new Server();
        let model = begin({ page: "p0", base: EMPTY, typed: EMPTY, version: 1 });
        let lives = 0;
        const way: Request[] = [];
        const all: Request[] = [];
        const happen = (one: Happening): void => {
          const [next, deeds] = step(model, one, 0);
          model = next;
          way.push(...requests(deeds));
          all.push(...requests(deeds));
        };
        const arrive = (heard: boolean): void => {
          const request = way.shift();
          if (!request) return;
          const outcome = server.answer(request);
          happen(replied(request.count, heard ? outcome : AGAIN));
        };
        for (const [act, number] of schedule) {
          if (act === "type" && !locked(model)) happen(typed("abc".slice(0, number % 4)));
          if (act === "due") happen(due);
          if (act === "arrive") arrive(true);
          if (act === "lose" && number > 2) arrive(false);
          else if (act === "lose") happen(replied(way.shift()?.count ?? 0, AGAIN));
          if (act === "late" && all.length > 0) server.answer(all[number % all.length] as Request);
          if (act === "hidden") happen({ kind: "hidden" });
          if (act === "leave") happen({ kind: "leave" });
          if (act === "submit") happen({ kind: "submit" });
          if (act === "load" && !server.filed) {
            const kept = unsaved(model) ? model : { base: server.form, typed: server.form, version: server.version, unheard: {} };
            if (!unsaved(model)) expect(server.form).toEqual(model.typed);
            model = begin({ page: `p${(lives += 1)}`, base: kept.base, typed: kept.typed, version: kept.version, unheard: kept.unheard });
            way.length = 0;
          }
          expect(model.trouble?.kind).not.toBe("conflict");
          if (!unsaved(model)) expect(server.form).toEqual(model.typed);
        }
        for (let more = 0; more < 40 && (unsaved(model) || locked(model)) && model.trouble?.kind !== "submitted"; more += 1) {
          if (way.length > 0) arrive(true);
          else happen(due);
        }
        if (model.trouble?.kind !== "submitted") expect(server.filed ?? server.form).toEqual(model.typed);
        for (const request of all) server.answer(request);
        if (model.trouble?.kind !== "submitted") expect(server.filed ?? server.form).toEqual(model.typed);
      }),
      { numRuns: 3_000 },
    );
  });
});
