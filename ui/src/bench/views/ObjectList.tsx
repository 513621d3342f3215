import type { Held } from "../../labels/objects";
import { colorOf } from "../../labels/colors";
import { Icon } from "./Icon";

interface Props<O extends Held & { label: string }> {
  objects: readonly O[];
  labels: readonly string[];
  selected: number | null;
  /** The whole of it, for screen readers. */
  describe: (object: O) => string;
  /** What is shown beside its label. */
  brief: (object: O) => string;
  /** The attribute that it still has to say. */
  lacks?: (object: O) => string | null;
  onSelect: (id: number) => void;
  onDelete: (id: number) => void;
  empty: string;
}

/** More rows than this would only slow the page down; the rest can be reached on the item. */
const ROWS = 200;

export function ObjectList<O extends Held & { label: string }>(props: Props<O>): React.ReactNode {
  const { objects, labels, selected, describe, brief, lacks, onSelect, onDelete, empty } = props;
  /** What is seen, in its order, and then the whole of it. */
  const spoken = (object: O): string => {
    const needs = lacks?.(object);
    return `${object.label} ${brief(object)}${needs ? ` needs ${needs}` : ""}${object.suggested ? " suggested" : ""}: ${describe(object)}`;
  };
  return (
    <section className="bx-objects" aria-label="Objects">
      <h2 className="bx-title">Objects <span className="text-secondary">{objects.length}</span></h2>
      {objects.length === 0 && <p className="text-secondary mb-0">{empty}</p>}
      <ul>
        {objects.slice(0, ROWS).map((object) => (
          <li key={object.id} className={object.id === selected ? "bx-on" : ""}>
            <button type="button" className="bx-object" aria-pressed={object.id === selected} aria-label={spoken(object)} data-plain-enter onMouseDown={(event) => event.preventDefault()} onClick={() => onSelect(object.id)}>
              <i className={`bx-swatch ${object.suggested ? "bx-dashed" : ""}`} style={object.suggested ? { borderColor: colorOf(object.label, labels) } : { background: colorOf(object.label, labels) }} />
              <span>{object.label} <small>{brief(object)}</small></span>
              {lacks?.(object) && <small className="bx-lacks">needs {lacks(object)}</small>}
              {object.suggested && <small>suggested</small>}
            </button>
            <button type="button" className="btn btn-icon btn-ghost-secondary bx-small" aria-label={`Delete ${describe(object)}`} onMouseDown={(event) => event.preventDefault()} onClick={() => onDelete(object.id)}>
              <Icon name="trash" />
            </button>
          </li>
        ))}
      </ul>
      {objects.length > ROWS && <p className="text-secondary">and {objects.length - ROWS} more</p>}
    </section>
  );
}
