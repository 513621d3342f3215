/** Only one tab works on a batch; another may ask it to make room. */

export interface TabLock {
  /** Whether this tab may work now; false if another does. */
  acquire(): Promise<boolean>;
  /** Asks the other tab to save and stop, then works here. */
  takeOver(): Promise<void>;
}

const PATIENCE = 800;

/** `yielded` is called when another tab takes over: save, and stop. */
export function tabLock(name: string, yielded: () => Promise<void>): TabLock {
  const channel = new BroadcastChannel(`assay-bench:${name}`);
  let release: (() => void) | null = null;
  let mine = false;

  const giveUp = async (): Promise<void> => {
    if (!mine) return;
    mine = false;
    await yielded();
    release?.();
    release = null;
  };
  channel.addEventListener("message", ({ data }: MessageEvent<string>) => {
    if (data === "make room") void giveUp().then(() => channel.postMessage("made room"));
    if (data === "anybody?" && mine) channel.postMessage("somebody");
  });
  const heard = (word: string, wait: number): Promise<boolean> =>
    new Promise((resolve) => {
      const listen = ({ data }: MessageEvent<string>): void => {
        if (data === word) finish(true);
      };
      const finish = (found: boolean): void => {
        clearTimeout(timer);
        channel.removeEventListener("message", listen);
        resolve(found);
      };
      const timer = setTimeout(() => finish(false), wait);
      channel.addEventListener("message", listen);
    });

  // Web Locks survive a crashed tab, but only a page served over TLS or from localhost has them.
  const locks = (navigator as { locks?: LockManager }).locks;
  const hold = (options: LockOptions): Promise<boolean> =>
    new Promise((resolve) => {
      if (!locks) return resolve(true);
      locks
        .request(`assay-bench:${name}`, options, (lock) => {
          if (!lock) return resolve(false);
          resolve(true);
          return new Promise<void>((free) => (release = free));
        })
        .catch(() => giveUp()); // stolen
    });

  return {
    acquire: async () => {
      if (locks) mine = await hold({ ifAvailable: true });
      else {
        const answer = heard("somebody", 250);
        channel.postMessage("anybody?");
        mine = !(await answer);
      }
      return mine;
    },
    takeOver: async () => {
      const room = heard("made room", PATIENCE);
      channel.postMessage("make room");
      await room;
      mine = await hold({ steal: true });
    },
  };
}
