// The file goes up as the bare body of one request, so that its size meets no message limit.

/** Lets a form with a file input and a progress bar upload on choice; sends the page on to the new run. */
export function attach(form) {
  const input = form.querySelector('input[type=file]');
  const bar = form.querySelector('progress');
  const problem = form.querySelector('[role=alert]');
  let request = null;

  const upload = () => {
    const [file] = input.files;
    if (!file || request) return;
    problem.textContent = '';
    request = new XMLHttpRequest();
    const kind = form.querySelector('select').value;
    request.open('POST', `import/files?kind=${encodeURIComponent(kind)}&name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.addEventListener('progress', e => { if (e.lengthComputable) bar.value = e.loaded / e.total; });
    request.addEventListener('loadend', () => {
      const { status, responseText } = request;
      request = null;
      bar.hidden = true;
      input.value = '';
      if (status === 200) Blazor.navigateTo(`import?run=${responseText}`);
      else problem.textContent = status === 422 ? responseText : form.dataset.failed;
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
