/** The bench's two places: the item, and what is said about it. On narrow screens the second is a bar below. */
import { SubmitBar } from "./SubmitBar";

interface Props {
  stage: React.ReactNode;
  tools?: React.ReactNode;
  /** Labels and objects, beside the item. */
  children: React.ReactNode;
  /** In a review: what stands above the item. */
  banner?: React.ReactNode;
}

export function Frame({ stage, tools, children, banner }: Props): React.ReactNode {
  return (
    <div className="bx-main">
      <div className="bx-stage">
        {banner}
        <div className="bx-stage-item">
          {tools && <div className="bx-tools" role="toolbar" aria-label="Tools">{tools}</div>}
          <div className="bx-ground">{stage}</div>
        </div>
      </div>
      <aside className="bx-side" aria-label="Answer">
        <div className="bx-side-scroll">{children}</div>
        <SubmitBar />
      </aside>
    </div>
  );
}
