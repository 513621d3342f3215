/** Styles of the viewer's shadow tree; a constructed sheet needs no leave of the CSP. */
export const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { display: flex; flex-direction: column; position: relative; min-height: 2rem; overflow: hidden; color: inherit; }
  :host([hidden]) { display: none; }
  .picture { position: relative; width: 100%; height: 100%; min-height: 0; }
  img { display: block; width: 100%; height: 100%; max-height: var(--as-most-height, none); object-fit: contain; }
  img.coarse { image-rendering: pixelated; }
  canvas { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
  .picture.commentable { cursor: crosshair; touch-action: none; }
  .text { max-height: 100%; overflow: auto; line-height: 1.9; white-space: pre-wrap; overflow-wrap: anywhere; }
  .text p { margin: 0 0 0.5em; min-height: 1em; }
  mark { color: inherit; background: none; border-radius: 3px; padding-block: 2px; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
  mark[data-name]::after { content: attr(data-name); margin-inline-start: 4px; font-size: 0.72em; font-weight: 600; opacity: 0.85; white-space: nowrap; unicode-bidi: isolate; }
  mark.mine { outline: 2px solid currentColor; }
  mark.theirs { outline: 2px dotted currentColor; }
  .names { display: flex; flex: none; flex-wrap: wrap; gap: 4px; padding-top: 6px; }
  .names:empty { display: none; }
  .name { display: inline-flex; align-items: center; gap: 6px; padding: 1px 8px; border: 1px solid var(--tblr-border-color, #ccc); border-radius: 4px; font-weight: 600; }
  .name i { width: 10px; height: 10px; border-radius: 2px; }
  .name small { font-weight: 400; }
  .name.mine { outline: 2px solid currentColor; }
  .name.theirs { border-style: dotted; opacity: 0.75; text-decoration: line-through; }
  .failed { display: grid; place-items: center; height: 100%; min-height: 5rem; padding: 1rem; opacity: 0.8; text-align: center; }
`);
