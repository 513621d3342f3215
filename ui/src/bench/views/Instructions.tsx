import { useBench } from "../context";
import { Dialog } from "./Dialog";

export function Instructions({ onClose }: { onClose: () => void }): React.ReactNode {
  const { state } = useBench();
  const html = state.batch?.instructions ?? "";
  return (
    <Dialog title="Instructions" onClose={onClose} className="bx-drawer">
      {/* The server has sanitised it, and the CSP allows no script in it. */}
      {html ? <div className="markdown" dangerouslySetInnerHTML={{ __html: html }} /> : <p>This project has no written instructions.</p>}
    </Dialog>
  );
}

const key = (batch: string): string => `assay-bench-read:${batch}`;

/** Whether these instructions have never been opened here; asking once is enough. */
export function firstTime(batch: string, html: string): boolean {
  if (!html) return false;
  try {
    const seen = `${html.length}:${[...html].reduce((sum, one) => (sum * 31 + (one.codePointAt(0) ?? 0)) >>> 0, 7)}`;
    if (localStorage.getItem(key(batch)) === seen) return false;
    localStorage.setItem(key(batch), seen);
    return true;
  } catch {
    return false;
  }
}
