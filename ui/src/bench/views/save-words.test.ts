import { expect, it } from "vitest";

import { saveWords } from "./save-words";

const calm = { unsent: 0, trouble: "none", saved: true, fleeting: false } as const;

it("the state says where the answers are, the worst first", () => {
  const said = (some: Partial<Parameters<typeof saveWords>[0]>): string => saveWords({ ...calm, ...some }).text;
  expect(said({})).toBe("Saved");
  expect(said({ saved: false })).toBe("Saving…");
  expect(said({ unsent: 2 })).toBe("Sending 2…");
  expect(said({ unsent: 2, trouble: "offline" })).toBe("Offline - your answers are kept here");
  expect(said({ unsent: 2, trouble: "busy" })).toContain("2 kept here");
  expect(said({ unsent: 2, trouble: "signed-out" })).toBe("Signed out");
});
