import { useEffect, useState } from "react";

const REST = 140;

/** Whether a value changed a moment ago; false again once it rests. */
export function useMoving(value: unknown): boolean {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST);
    return () => clearTimeout(timer);
  }, [value]);
  return rested !== value;
}
