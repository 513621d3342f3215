/** What the bench and the server say to each other. */
import type { LabelJSON, Produces } from "../labels/values";

export interface LabelName {
  name: string;
  help: string;
}
export interface BatchInfo {
  batch: string;
  project: string;
  task: string;
  produces: Produces;
  media: "image" | "text" | null;
  labels: LabelName[];
  /** HTML that the server has sanitised. */
  instructions: string;
  pay: { answer: number; expert: number; currency: string };
  role: "labeller" | "expert";
  done: number;
  earned: number;
  waiting: boolean;
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
export interface Remark extends NewRemark {
  at: string;
  who: string;
}
export interface Media {
  url: string;
  type: string;
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
  until: string;
  review: Review | null;
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
  done?: number;
  earned?: number;
}
