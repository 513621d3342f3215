import { useEffect, useState } from "react";

import { picture, pictureNow } from "./pictures";

export type Picture = { image: HTMLImageElement; failed: false } | { image: null; failed: boolean };

/** `renew` gets a new address where the old one may have run out. */
export function usePicture(url: string, renew?: () => Promise<void>): Picture & { again: () => void } {
  const [found, setFound] = useState<{ url: string; image: HTMLImageElement | null; failed: boolean }>({ url: "", image: null, failed: false });
  const [turn, setTurn] = useState(0);
  const now = pictureNow(url);
  useEffect(() => {
    let current = true;
    picture(url).then(
      (image) => current && setFound({ url, image, failed: false }),
      () => current && setFound({ url, image: null, failed: true }),
    );
    return () => {
      current = false;
    };
  }, [url, turn]);
  const again = (): void => {
    setFound({ url: "", image: null, failed: false });
    void Promise.resolve(renew?.()).then(() => setTurn((value) => value + 1));
  };
  if (now) return { image: now, failed: false, again };
  const mine = found.url === url ? found : null;
  return mine?.image ? { image: mine.image, failed: false, again } : { image: null, failed: mine?.failed ?? false, again };
}
