/** How files are put into requests: at most 40 files or 16 MiB each, in their order. */

export const MOST_FILES = 40;
export const MOST_BYTES = 16 * 1024 * 1024;

/** A file larger than a request's share travels alone. */
export function groups<T extends { size: number }>(
  files: readonly T[],
  { most = MOST_FILES, bytes = MOST_BYTES }: { most?: number; bytes?: number } = {},
): T[][] {
  const made: T[][] = [];
  let current: T[] = [];
  let size = 0;
  for (const file of files) {
    if (current.length > 0 && (current.length >= most || size + file.size > bytes)) {
      made.push(current);
      current = [];
      size = 0;
    }
    current.push(file);
    size += file.size;
  }
  if (current.length > 0) made.push(current);
  return made;
}

/** Files that systems leave behind and nobody means. */
export function isLitter(path: string): boolean {
  const name = path.split("/").at(-1) ?? "";
  return name === ".DS_Store" || name === "Thumbs.db" || name === "desktop.ini" || name.startsWith("._") || path.includes("__MACOSX/");
}
