import { useState } from "react";

import type { Region } from "../../api/types";

interface Props {
  region: Region | null;
  quote: string;
  drags: boolean;
  onAdd: (text: string) => void;
  onClose: () => void;
}

/** A remark on a region of the picture, or on words of the text. */
export function CommentField({ region, quote, drags, onAdd, onClose }: Props): React.ReactNode {
  const [text, setText] = useState("");
  const add = (): void => {
    const said = text.trim();
    if (said) onAdd(quote ? `“${quote}”: ${said}` : said);
  };
  return (
    <section className="bx-comment" aria-label="Comment">
      <p className="mb-1">
        {region
          ? `On the region at ${Math.round(region.left)}, ${Math.round(region.top)} (${Math.round(region.width)} × ${Math.round(region.height)}).`
          : quote
            ? `On “${quote}”.`
            : drags
              ? "Drag a rectangle on any picture, or comment on the whole item."
              : "On the whole item; select words first to quote them."}
      </p>
      <textarea
        className="form-control"
        rows={2}
        autoFocus
        aria-label="Comment"
        maxLength={2000}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose();
          else if (event.key === "Enter" && !event.shiftKey) add();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <div className="btn-list mt-2">
        <button type="button" className="btn btn-sm btn-primary" disabled={!text.trim()} onClick={add}>Add</button>
        <button type="button" className="btn btn-sm" onClick={onClose}>Cancel</button>
      </div>
    </section>
  );
}
