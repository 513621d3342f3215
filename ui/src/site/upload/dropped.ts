/** The files of a drop, with those inside dropped folders and their paths. */

export interface Found {
  file: File;
  path: string;
  size: number;
}

export function chosen(files: FileList | readonly File[]): Found[] {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name, size: file.size }));
}

export async function dropped(transfer: DataTransfer): Promise<Found[]> {
  // Entries must be taken before the first wait: the list is emptied when the event ends.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return chosen(transfer.files);
  const found: Found[] = [];
  for (const entry of entries) await walk(entry, "", found);
  return found;
}

async function walk(entry: FileSystemEntry, folder: string, found: Found[]): Promise<void> {
  const path = folder + entry.name;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ file, path, size: file.size });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const inner of some) await walk(inner, `${path}/`, found);
  }
}
