/** The state of what was said, in few words. */
import type { BenchState } from "../state";

export interface Said {
  tone: "ok" | "info" | "wait" | "bad";
  icon: string;
  text: string;
  /** Where there is little room. */
  short: string;
}

export function saveWords({ unsent, trouble, saved, fleeting }: Pick<BenchState, "unsent" | "trouble" | "saved" | "fleeting">): Said {
  if (trouble === "signed-out") return { tone: "bad", icon: "lock", text: "Signed out", short: "Signed out" };
  if (trouble === "stopped") return { tone: "bad", icon: "alert-triangle", text: "Not sent", short: "Not sent" };
  if (trouble === "offline") return { tone: "wait", icon: "cloud-off", text: fleeting ? "Offline" : "Offline - your answers are kept here", short: "Offline" };
  if (trouble === "busy" && unsent > 0) return { tone: "wait", icon: "clock", text: `The server is busy - ${unsent} kept here`, short: "Busy" };
  if (unsent > 0) return { tone: "info", icon: "send", text: `Sending ${unsent}…`, short: `${unsent}…` };
  if (fleeting) return { tone: "wait", icon: "alert-triangle", text: "This browser keeps no drafts", short: "No drafts" };
  return saved ? { tone: "ok", icon: "check", text: "Saved", short: "Saved" } : { tone: "info", icon: "pencil", text: "Saving…", short: "" };
}
