/** In place of a picture that could not be loaded: the item takes no answer; it is loaded again, or passed on with that reason. */
import { useBench } from "../../bench/context";

export function Unseen({ again }: { again: () => void }): React.ReactNode {
  const { engine } = useBench();
  const stop = (event: React.PointerEvent): void => event.stopPropagation();
  return (
    <div className="bx-cover bx-center" role="alert" onPointerDown={stop} onPointerUp={stop}>
      <p>The picture could not be loaded, and an item that could not be shown takes no answer.</p>
      <div className="btn-list justify-content-center">
        <button type="button" className="btn" onClick={again}>Try again</button>
        <button type="button" className="btn" onClick={engine.skipUnseen}>Skip it and say so</button>
      </div>
    </div>
  );
}
