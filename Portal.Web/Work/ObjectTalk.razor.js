// The file goes up as the bare body of one request with an antiforgery token, so that its size meets no message limit.

/** Lets a label with a file input upload on choice. */
export function attach(label) {
  // the reader went on to the next task before this one's box was there
  if (!label) return { dispose() {} };
  const input = label.querySelector('input[type=file]');
  const bar = label.querySelector('progress');
  const problem = label.parentElement.querySelector('[data-problem]');
  let request = null;

  const upload = async () => {
    const [file] = input.files;
    if (!file || request) return;
    problem.textContent = '';
    request = new XMLHttpRequest();
    const { kind, id, failed } = label.dataset;
    try {
      const answer = await fetch('/files/token', { credentials: 'same-origin' });
      if (!answer.ok) throw new Error(answer.statusText);
      request.open('POST', `/files?kind=${encodeURIComponent(kind)}&id=${encodeURIComponent(id)}&name=${encodeURIComponent(file.name)}`);
      request.setRequestHeader('RequestVerificationToken', await answer.text());
      request.setRequestHeader('Content-Type', 'application/octet-stream');
    } catch {
      request = null;
      problem.textContent = failed;
      return;
    }
    request.upload.addEventListener('progress', (e) => { if (e.lengthComputable) bar.value = e.loaded / e.total; });
    request.addEventListener('loadend', () => {
      const { status, responseText } = request;
      request = null;
      bar.hidden = true;
      input.value = '';
      if (status !== 200) problem.textContent = status >= 400 && responseText ? responseText : failed;
    });
    bar.value = 0;
    bar.hidden = false;
    request.send(file);
  };
  input.addEventListener('change', upload);
  return {
    dispose() {
      input.removeEventListener('change', upload);
      request?.abort();
    },
  };
}
