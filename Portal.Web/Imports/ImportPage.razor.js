import { send } from '../upload.js';

/**
 * Lets a form with a file input and a progress bar upload on choice; sends the page on to the new run.
 * A file that can only be of another kind is offered to be sent again as that one, where the select has it.
 */
export function attach(form) {
  const input = form.querySelector('input[type=file]');
  const select = form.querySelector('select');
  const bar = form.querySelector('progress');
  const problem = form.querySelector('[role=alert]');
  const other = form.querySelector('button');
  let request = null;
  let refused = null;

  const upload = (file) => {
    if (!file || request) return;
    problem.textContent = '';
    other.hidden = true;
    request = new XMLHttpRequest();
    request.open('POST', `import/files?kind=${encodeURIComponent(select.value)}&name=${encodeURIComponent(file.name)}`);
    send(request, file, input, bar, (status, answer) => {
      request = null;
      if (status === 200) Blazor.navigateTo(`import?run=${answer}`);
      else if (status === 409) offer(file, JSON.parse(answer));
      else problem.textContent = status === 422 ? answer : form.dataset.failed;
    });
  };
  const offer = (file, { kind, text }) => {
    problem.textContent = text;
    refused = { file, kind };
    other.hidden = ![...select.options].some((option) => option.value === kind);
    if (!other.hidden) other.focus();
  };
  const uploadChosen = () => upload(input.files[0]);
  const uploadAsOther = () => {
    select.value = refused.kind;
    upload(refused.file);
  };
  input.addEventListener('change', uploadChosen);
  other.addEventListener('click', uploadAsOther);
  return {
    dispose() {
      input.removeEventListener('change', uploadChosen);
      other.removeEventListener('click', uploadAsOther);
      request?.abort();
    },
  };
}
