import { isRectangle, type Review } from "../../api/types";
import { useBench } from "../context";
import { Icon } from "../views/Icon";
import type { Work } from "../work";

const TIME = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** What was remarked before, and one's own remarks; the numbers are those on the picture. */
export function RemarkList({ review, work }: { review: Review; work: Work }): React.ReactNode {
  const { engine } = useBench();
  const all = [...review.remarks, ...work.remarks];
  if (all.length === 0) return null;
  const number = (place: number): string => (isRectangle(all[place]?.region ?? null) ? `${all.slice(0, place + 1).filter(({ region }) => isRectangle(region)).length}. ` : "");
  const drop = (place: number): void => engine.change((now) => ({ ...now, remarks: now.remarks.filter((_, at) => at !== place) }));
  return (
    <section className="bx-remarks" aria-label="Remarks">
      <h2 className="bx-title">Remarks</h2>
      <ul>
        {review.remarks.map((remark, place) => (
          <li key={`old-${place}`}>
            <span>{number(place)}{remark.comment}</span>
            <small className="text-secondary">{remark.who}{remark.at && `, ${TIME.format(new Date(remark.at))}`}</small>
          </li>
        ))}
        {work.remarks.map((remark, place) => (
          <li key={`own-${place}`}>
            <span>{number(review.remarks.length + place)}{remark.comment}</span>
            <button type="button" className="btn btn-icon btn-ghost-secondary bx-small" aria-label="Delete this remark" onClick={() => drop(place)}>
              <Icon name="trash" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
