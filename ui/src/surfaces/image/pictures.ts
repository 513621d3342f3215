/** Pictures fetched and decoded before they are needed; the newest few are kept. */

const KEEP = 6;
const held = new Map<string, Promise<HTMLImageElement>>();

export function picture(url: string): Promise<HTMLImageElement> {
  const known = held.get(url);
  if (known) return known;
  const image = new Image();
  image.decoding = "async";
  image.src = url;
  const made = image.decode().then(
    () => {
      decoded.set(url, image);
      return image;
    },
    (problem: unknown) => {
      held.delete(url);
      throw problem;
    },
  );
  held.set(url, made);
  for (const old of held.keys()) {
    if (held.size <= KEEP) break;
    held.delete(old);
    decoded.delete(old);
  }
  return made;
}

const decoded = new Map<string, HTMLImageElement>();

/** The picture, if it is there already: the next item is then on the screen in the same frame. */
export const pictureNow = (url: string): HTMLImageElement | null => decoded.get(url) ?? null;
