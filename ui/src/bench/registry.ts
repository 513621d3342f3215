/** Finds the editor of a task: its own folder in `tasktypes`, else the one for what it produces. */
import type { BatchInfo } from "../api/types";
import type { Editor } from "../editors/types";
import type { Produces } from "../labels/values";

const OWN = import.meta.glob<{ default: Editor }>("../tasktypes/*/index.tsx");

const GENERIC: Record<Produces, () => Promise<Editor>> = {
  choice: () => import("../editors/ChoiceEditor").then((found) => found.ChoiceEditor),
  choices: () => import("../editors/ChoicesEditor").then((found) => found.ChoicesEditor),
  boxes: () => import("../editors/ShapesEditor").then((found) => found.BoxesEditor),
  points: () => import("../editors/ShapesEditor").then((found) => found.PointsEditor),
  spans: () => import("../editors/SpansEditor").then((found) => found.SpansEditor),
  answers: () => import("../editors/AnswersEditor").then((found) => found.AnswersEditor),
  preference: () => import("../editors/PreferenceEditor").then((found) => found.PreferenceEditor),
};

export async function editorFor({ task, produces }: Pick<BatchInfo, "task" | "produces">): Promise<Editor> {
  const own = OWN[`../tasktypes/${task}/index.tsx`];
  return own ? (await own()).default : GENERIC[produces]();
}
