/** Whether the label that an item came with is right: the item with that label on it, and one answer. */
import { ChoiceView } from "../../editors/ChoiceEditor";
import { Columns, ItemView } from "../../editors/ItemView";
import { editorOf } from "../../editors/types";
import { inWords } from "../../labels/values";
import { defineViewer } from "../../viewer/element";
import { earlierLabel } from "./earlier";

defineViewer();

export default editorOf("choice", (props) => {
  const { item, suggestion } = props.task;
  const earlier = earlierLabel(item, suggestion, props.batch.labels.map(({ name }) => name));
  if (!earlier) return <ChoiceView {...props} title="Is its label right?" />;
  const { label, column } = earlier;
  const drawable = typeof label === "object" && !Array.isArray(label) && !("winner" in label) && (item.media !== null || item.text !== null);
  const rest = Object.entries(item.extra).filter(([name]) => name !== column);
  const stage = (
    <div className="bx-verify">
      <p className="bx-earlier">
        Its label: <strong>{inWords(label)}</strong>
      </p>
      {drawable ? (
        <div className={`bx-surface ${item.media ? "bx-image" : "bx-text"}`} data-surface tabIndex={0}>
          <assay-label class="bx-viewer" {...(item.media ? { src: item.media.url } : { text: item.text ?? "" })} label={JSON.stringify(label)} alt={`Item ${item.key}`} />
        </div>
      ) : (
        <ItemView item={item} without={[column]} />
      )}
    </div>
  );
  return <ChoiceView {...props} stage={stage} title="Is its label right?" aside={drawable && rest.length > 0 ? <Columns rows={rest} /> : null} />;
});
