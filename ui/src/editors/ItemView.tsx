/** Whatever an item has, to look at: its picture, its text, its other columns. */
import { isPicture, type Item } from "../api/types";
import { paragraphs } from "../labels/segments";
import { ZoomableImage } from "../surfaces/image/ZoomableImage";
import { asText } from "./as-text";

export function ItemView({ item, without = [] }: { item: Item; without?: readonly string[] }): React.ReactNode {
  const { media, text } = item;
  const extra = Object.entries(item.extra).filter(([name]) => !without.includes(name));
  const picture = isPicture(media) ? media : null;
  return (
    <div className={`bx-item ${picture ? "bx-has-picture" : ""}`}>
      {picture && <ZoomableImage media={picture} alt={`Item ${item.key}`} />}
      {(text !== null || extra.length > 0) && (
        <div className="bx-surface bx-text" data-surface tabIndex={0} role="document" aria-label={`Item ${item.key}`}>
          {text !== null && <Text text={text} />}
          {extra.length > 0 && <Columns rows={extra} />}
        </div>
      )}
    </div>
  );
}

export function Text({ text }: { text: string }): React.ReactNode {
  return (
    <div className="bx-text-page">
      {paragraphs(text).map(({ start, end }) => (
        <p key={start} dir="auto">{text.slice(start, end)}</p>
      ))}
    </div>
  );
}

export function Columns({ rows }: { rows: readonly (readonly [string, unknown])[] }): React.ReactNode {
  return (
    <dl className="bx-columns">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{heading(name)}</dt>
          <dd dir="auto">{asText(value) || "–"}</dd>
        </div>
      ))}
    </dl>
  );
}

const heading = (name: string): string => {
  const words = name.replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
