/** The journal in IndexedDB: three stores, read by person and batch. */
import type { Entry, Journal, Kept, SavedDraft } from "./records";

const NAME = "assay-bench";
const OLD = 30 * 24 * 3600 * 1000;

type Store = "drafts" | "entries" | "kept";

export async function openJournal(person: string, batch: string): Promise<Journal> {
  const db = await open();
  const run = <T>(store: Store, mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const transaction = db.transaction(store, mode, { durability: "strict" });
      const request = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error("The journal could not be written."));
    });
  const put = async (store: Store, value: SavedDraft | Entry | Kept): Promise<void> => {
    await run(store, "readwrite", (held) => held.put(value));
  };
  const drop = async (store: Store, key: IDBValidKey): Promise<void> => {
    await run(store, "readwrite", (held) => held.delete(key));
  };
  const all = <T>(store: Store): Promise<T[]> =>
    run(store, "readonly", (held) => held.index("whose").getAll([person, batch]) as IDBRequest<T[]>);

  return {
    load: async () => {
      const [drafts, entries, kept] = await Promise.all([all<SavedDraft>("drafts"), all<Entry>("entries"), all<Kept>("kept")]);
      const old = Date.now() - OLD;
      await Promise.all([
        ...drafts.filter(({ at }) => at < old).map(({ assignment }) => drop("drafts", [person, batch, assignment])),
        ...kept.filter(({ at }) => at < old).map(({ id }) => drop("kept", id)),
      ]);
      return {
        drafts: drafts.filter(({ at }) => at >= old),
        entries: entries.sort((a, b) => a.at - b.at),
        kept: kept.filter(({ at }) => at >= old),
      };
    },
    putDraft: (draft) => put("drafts", draft),
    dropDraft: (assignment) => drop("drafts", [person, batch, assignment]),
    putEntry: (entry) => put("entries", entry),
    dropEntry: (id) => drop("entries", id),
    putKept: (kept) => put("kept", kept),
    dropKept: (id) => drop("kept", id),
  };
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      const keys: Record<Store, string | string[]> = {
        drafts: ["person", "batch", "assignment"],
        entries: "client_id",
        kept: "id",
      };
      for (const [name, keyPath] of Object.entries(keys)) {
        request.result.createObjectStore(name, { keyPath }).createIndex("whose", ["person", "batch"]);
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("The journal could not be opened."));
    request.onblocked = () => reject(new Error("The journal is held by an older page."));
  });
}
