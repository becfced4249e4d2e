// A list leaves as a file by a plain link under /export. It is fetched here, so that a refusal is read on the page: the browser would only say that a download failed.
let tell = () => {};

/** Hears presses of such links. @param {(words: string) => void} refused shows why there is no file; without words where nobody knows */
export function hear(refused) {
  tell = refused;
  document.addEventListener('click', onClick);
}

export function stop() {
  document.removeEventListener('click', onClick);
}

function onClick(event) {
  const link = event.target.closest?.('a[download]');
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || !new URL(link.href).pathname.startsWith('/export/')) return;
  event.preventDefault();
  if (link.ariaBusy !== 'true') bring(link);
}

async function bring(link) {
  link.ariaBusy = 'true';
  try {
    const answer = await fetch(link.href);
    if (answer.redirected) location.reload(); // the sign-in has ended
    else if (answer.ok) keep(await answer.blob(), nameOf(answer));
    else tell(answer.headers.get('Content-Type')?.startsWith('text/plain') ? await answer.text() : '');
  } catch (broken) {
    if (!(broken instanceof TypeError) && !(broken instanceof DOMException)) throw broken;
    tell(''); // the line broke
  } finally {
    link.ariaBusy = null;
  }
}

function keep(file, name) {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(file), download: name });
  link.click();
  // when the browser is through with it nobody tells
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const nameOf = (answer) => /filename="?([^";]+)/.exec(answer.headers.get('Content-Disposition'))?.[1] ?? '';
