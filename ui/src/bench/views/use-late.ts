import { useEffect, useState } from "react";

/** True once something has been true for a while without a break. */
export function useLate(now: boolean, after: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!now) return;
    const timer = setTimeout(() => setLate(true), after);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [now, after]);
  return now && late;
}
