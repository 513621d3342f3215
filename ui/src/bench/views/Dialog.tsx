import { useEffect, useRef } from "react";

import { Icon } from "./Icon";

interface Props {
  title: string;
  onClose: () => void;
  className?: string;
  children: React.ReactNode;
}

/** The browser's own dialog: it holds the focus, and Escape closes it. */
export function Dialog({ title, onClose, className = "", children }: Props): React.ReactNode {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      className={`bx-dialog ${className}`}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => event.target === element.current && onClose()}
    >
      <header className="bx-dialog-head">
        <h2>{title}</h2>
        <button type="button" className="btn btn-icon btn-ghost-secondary" aria-label="Close" onClick={onClose}>
          <Icon name="x" />
        </button>
      </header>
      <div className="bx-dialog-body">{children}</div>
    </dialog>
  );
}
