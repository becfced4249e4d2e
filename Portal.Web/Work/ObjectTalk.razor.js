import { send } from '../upload.js';

// The request carries an antiforgery token.

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
    const { kind, id, failed, confidential } = label.dataset;
    try {
      const answer = await fetch('/files/token', { credentials: 'same-origin' });
      if (!answer.ok) throw new Error(answer.statusText);
      request.open('POST', `/files?kind=${encodeURIComponent(kind)}&id=${encodeURIComponent(id)}&name=${encodeURIComponent(file.name)}&confidential=${confidential}`);
      request.setRequestHeader('RequestVerificationToken', await answer.text());
    } catch {
      request = null;
      problem.textContent = failed;
      return;
    }
    send(request, file, input, bar, (status, answer) => {
      request = null;
      if (status !== 200) problem.textContent = status >= 400 && answer ? answer : failed;
    });
  };
  // a file chosen before anybody listened would be lost
  input.disabled = false;
  input.addEventListener('change', upload);
  return {
    dispose() {
      input.removeEventListener('change', upload);
      request?.abort();
    },
  };
}
