/** Finds the prompt and the two responses among an item's columns. */
import type { Item } from "../api/types";
import { asText } from "./as-text";

export interface Pair {
  prompt: string;
  first: string;
  second: string;
  others: [string, unknown][];
}

const PROMPT = /^(prompt|question|instruction|query|input|context)s?$/i;
const RESPONSE = /^(response|answer|output|completion|reply|text|candidate|option|model)?[_\- ]?(a|b|1|2|first|second|left|right)$/i;

export function pairOf({ text, extra }: Item): Pair {
  const columns = Object.entries(extra);
  const prompt = columns.find(([name]) => PROMPT.test(name));
  const rest = columns.filter((one) => one !== prompt);
  const named = rest.filter(([name]) => RESPONSE.test(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  const [first, second] = named.length >= 2 ? named : rest;
  return {
    prompt: asText(prompt?.[1] ?? text),
    first: asText(first?.[1]),
    second: asText(second?.[1]),
    others: rest.filter((one) => one !== first && one !== second),
  };
}
