/** Rewrites `<time datetime="..." data-local>` in the reader's zone; the zone is in the title. */

const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const MINUTE = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `data-local="day"` leaves the hour out. */
export function showLocalTimes(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-local]")) {
    const time = new Date(element.dateTime);
    if (Number.isNaN(time.getTime())) continue;
    const format = element.dataset["local"] === "day" ? DAY : MINUTE;
    element.textContent = format.format(time);
    element.title = `${FULL.format(time)} (${ZONE})`;
  }
}
