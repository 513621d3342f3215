/** What the bench and the server say to each other. */
import type { LabelJSON, Produces } from "../labels/values";

export interface LabelAttribute {
  name: string;
  kind: "choice" | "choices" | "number" | "text" | "flag";
  options: string[];
  required: boolean;
  help: string;
}
export interface LabelName {
  name: string;
  help: string;
  /** What is said about each object of the label. */
  attributes?: LabelAttribute[];
}
/** One of several questions about each item. */
export interface Question {
  name: string;
  /** What people are asked; its name where there is nothing to add. */
  ask: string;
  task: string;
  produces: Produces;
  labels: LabelName[];
  /** Asked only where the answer to an earlier one uses any of these labels, or says anything where none is named. */
  when: { question: string; labels: string[] } | null;
  required: boolean;
}
export interface BatchInfo {
  batch: string;
  project: string;
  task: string;
  produces: Produces;
  media: "image" | "text" | null;
  labels: LabelName[];
  /** Where it asks several; `labels` are those of all of them. */
  questions: Question[];
  /** HTML that the server has sanitised. */
  instructions: string;
  /** Cents; `answer` is for each `per`, and `words` say what an answer is paid. */
  pay: { answer: number; per: "item" | "object" | "page" | "minute"; words: string; expert: number; currency: string };
  role: "labeller" | "expert";
  /** Whether the person may work on it, and why not. */
  state?: string;
  reason?: string;
  done: number;
  earned: number;
  waiting: boolean;
  others_first: boolean;
}
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}
export interface NewRemark {
  comment: string;
  region: Region | null;
}
/** The region of an older remark may also be a stretch of a text. */
export interface Remark {
  comment: string;
  region: Region | { start: number; end: number } | null;
  at: string | null;
  who: string;
}
export interface Media {
  url: string;
  type: string | null;
  width: number | null;
  height: number | null;
}
export interface Item {
  key: string;
  text: string | null;
  media: Media | null;
  extra: Record<string, unknown>;
}
export interface Review {
  proposal: LabelJSON | null;
  risk: number;
  answers: { who: string; label: LabelJSON }[];
  remarks: Remark[];
}
export interface Task {
  assignment: number;
  queue: "label" | "peer" | "expert" | "audit";
  item: Item;
  suggestion: LabelJSON | null;
  until: string | null;
  /** For how many seconds it was held when the server said so. */
  left?: number;
  review: Review | null;
}
export interface Held {
  assignment: number;
  until: string | null;
  left: number;
}
export interface SubmitBody {
  assignment: number;
  client_id: string;
  label: LabelJSON;
  seconds: number;
  next: true;
  reason: string;
  remarks: NewRemark[];
}
export interface SkipBody {
  assignment: number;
  client_id: string;
  reason: string;
}
export interface Reply {
  answer?: number;
  next: Task | null;
  /** What this answer pays. */
  cents?: number;
  done?: number;
  earned?: number;
}

export const isRectangle = (region: Remark["region"]): region is Region => region !== null && "width" in region;

/** Media without a type are what the batch says. */
export const isPicture = (media: Media | null): media is Media => media !== null && (media.type === null || media.type.startsWith("image/"));
