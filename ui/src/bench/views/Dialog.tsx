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
    // Not on the button that closes it: arrows scroll what is to be read.
    dialog?.querySelector<HTMLElement>("[data-first], .bx-dialog-body:not(:has([data-first]))")?.focus();
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
      <div className="bx-dialog-body" tabIndex={-1}>{children}</div>
    </dialog>
  );
}
