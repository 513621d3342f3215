/** An answer while it is being made. */
import { kinds, type About, type Draft } from "./kinds/kind";
import type { LabelJSON, Produces } from "./values";

export type { Draft } from "./kinds/kind";
export type ObjectDraft = Extract<Draft, { objects: unknown }>;

/** `suggested`: what the label says is a proposal that nobody has accepted yet. */
export function toDraft(label: LabelJSON | null, produces: Produces, about: About, suggested: boolean): Draft {
  const kind = kinds()[produces];
  return kind.toDraft(label !== null && kind.is(label) ? label : null, about, suggested);
}

/** The label that a draft says, or null while it says nothing. */
export const toLabel = (draft: Draft, about: About): LabelJSON | null => kinds()[draft.kind].toLabel(draft, about);

export function suggestedCount(draft: Draft): number {
  if ("parts" in draft) return Object.values(draft.parts).reduce((sum, part) => sum + suggestedCount(part), 0);
  return "objects" in draft ? draft.objects.filter(({ suggested }) => suggested).length : 0;
}

/** All suggested objects become the person's own. */
export function accepted(draft: Draft): Draft {
  if (suggestedCount(draft) === 0) return draft;
  if ("parts" in draft) return { ...draft, parts: Object.fromEntries(Object.entries(draft.parts).map(([name, part]) => [name, accepted(part)])) };
  return "objects" in draft ? ({ ...draft, objects: draft.objects.map((one) => ({ ...one, suggested: false })) } as Draft) : draft;
}

export const isEmpty = (draft: Draft): boolean => kinds()[draft.kind].isEmpty(draft);
