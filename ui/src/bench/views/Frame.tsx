/** The bench's two places: the item, and what is said about it. On narrow screens the second is a bar below. */
import { createContext, useContext } from "react";

import { SubmitBar } from "./SubmitBar";

/** What stands above the labels, whoever's frame it is: the questions, where there are several. */
export const AboveLabels = createContext<React.ReactNode>(null);

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
        <div className="bx-side-scroll">
          {useContext(AboveLabels)}
          {children}
        </div>
        <SubmitBar />
      </aside>
    </div>
  );
}
