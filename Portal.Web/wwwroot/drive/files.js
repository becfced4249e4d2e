// Signatures and photos wait here until the server has them: they are too large for where commands wait. They outlive the page, too.

const name = 'portal.drive', shelf = 'files';
// a browser that keeps nothing (a private window) still sends what it holds while its page is open
const held = new Map();

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(shelf);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function run(mode, work) {
  const base = await open();
  try {
    return await new Promise((resolve, reject) => {
      const act = base.transaction(shelf, mode);
      const asked = work(act.objectStore(shelf));
      act.oncomplete = () => resolve(asked.result);
      act.onerror = act.onabort = () => reject(act.error);
    });
  } finally {
    base.close();
  }
}

/** Keeps a file under its id. */
export async function keep(id, blob) {
  held.set(id, blob);
  try {
    await run('readwrite', files => files.put(blob, id));
  } catch {
    // it is held in memory; only closing the page before there is a network would lose it
  }
}

/** The file of an id, or null. */
export async function find(id) {
  if (held.has(id)) return held.get(id);
  try {
    return await run('readonly', files => files.get(id)) ?? null;
  } catch {
    // a browser that keeps nothing has nothing from before
    return null;
  }
}

/** Lets go of files that the server has. */
export async function drop(ids) {
  ids.forEach(id => held.delete(id));
  try {
    await run('readwrite', files => ids.map(id => files.delete(id)).at(-1));
  } catch {
    // nothing was kept
  }
}
