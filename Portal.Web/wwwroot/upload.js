// A file goes up as the bare body of one request, so that its size meets no message limit.

/**
 * Sends a file by a request that is open, and shows how far it is.
 * @param {XMLHttpRequest} request
 * @param {File} file
 * @param {HTMLInputElement} input where it was chosen; empty again afterwards, so that the same file can be chosen anew
 * @param {HTMLProgressElement} bar
 * @param {(status: number, answer: string) => void} done status 0 where there was no answer
 */
export function send(request, file, input, bar, done) {
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.upload.addEventListener('progress', (e) => { if (e.lengthComputable) bar.value = e.loaded / e.total; });
  request.addEventListener('loadend', () => {
    bar.hidden = true;
    input.value = '';
    done(request.status, request.responseText);
  });
  bar.value = 0;
  bar.hidden = false;
  request.send(file);
}
