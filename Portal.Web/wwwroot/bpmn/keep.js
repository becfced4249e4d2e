// Work that has not reached the server yet, kept in this browser. IndexedDB, since a map may be larger than local storage takes.
const STORE = 'drafts';

function open() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open('portal-maps', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function run(mode, work) {
  const db = await open();
  try {
    return await new Promise((done, failed) => {
      const asked = work(db.transaction(STORE, mode).objectStore(STORE));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  } finally {
    db.close();
  }
}

/** What is kept of a map: { xml, revision } or undefined. */
export const kept = key => run('readonly', store => store.get(key));

/** Keeps a map's XML with the revision it was drawn on. */
export const keep = (key, xml, revision) => run('readwrite', store => store.put({ xml, revision }, key));

/** Lets go of what the server has. */
export const drop = key => run('readwrite', store => store.delete(key));
