// A BPMN file goes up as the bare body of one request; a refusal comes back in words.

/** Lets a label with a file input upload on choice; sends the browser on to the new map. `page` is asked what to do where there is such a map. */
export function attach(label, page) {
  const input = label.querySelector('input');
  const problem = document.createElement('p');
  problem.className = 'problem';
  problem.setAttribute('role', 'alert');
  label.closest('header').after(problem);
  let waiting = null;

  const upload = async (file, { over, key: chosen } = {}) => {
    if (!file || label.classList.contains('busy')) return;
    problem.textContent = '';
    label.classList.add('busy');
    try {
      const seen = over === undefined ? {} : { 'If-Match': `"${over}"` };
      const answer = await fetch(`maps/import${chosen === undefined ? '' : `?as=${encodeURIComponent(chosen)}`}`, { method: 'POST', headers: { 'Content-Type': 'application/octet-stream', ...seen }, body: file });
      if (answer.ok) {
        const { key, beside } = await answer.json();
        Blazor.navigateTo(`maps/${encodeURIComponent(key)}${beside.length ? `?beside=${beside.length}` : ''}`);
      } else if (answer.status === 300) {
        waiting = file;
        await page.invokeMethodAsync('MapThere', (await answer.json()).key);
      } else problem.textContent = [400, 409, 422].includes(answer.status) ? await answer.text() : label.dataset.failed;
    } catch {
      problem.textContent = label.dataset.failed;
    }
    label.classList.remove('busy');
    input.value = '';
  };
  const choose = () => upload(input.files[0]);
  input.addEventListener('change', choose);
  return {
    /** Sends the file that waits: over the draft of a revision (0 where there is none), or as a new map under a key. */
    send(how) {
      upload(waiting, how);
      waiting = null;
    },
    dispose() {
      input.removeEventListener('change', choose);
      problem.remove();
    },
  };
}
