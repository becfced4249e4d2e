import { send } from '../upload.js';

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
    send(request, file, input, bar, (status, answer) => {
      request = null;
      if (status === 200) Blazor.navigateTo(`import?run=${answer}`);
      else problem.textContent = status === 422 ? answer : form.dataset.failed;
    });
  };
  input.addEventListener('change', upload);
  return {
    dispose() {
      input.removeEventListener('change', upload);
      request?.abort();
    },
  };
}
