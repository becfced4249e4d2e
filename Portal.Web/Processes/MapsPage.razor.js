// A BPMN file goes up as the bare body of one request; a refusal comes back in words.

/** Lets a label with a file input upload on choice; sends the page on to the new map. */
export function attach(label) {
  const input = label.querySelector('input');
  const problem = document.createElement('p');
  problem.className = 'problem';
  problem.setAttribute('role', 'alert');
  label.closest('header').after(problem);

  const upload = async () => {
    const [file] = input.files;
    if (!file || label.classList.contains('busy')) return;
    problem.textContent = '';
    label.classList.add('busy');
    try {
      const answer = await fetch('maps/import', { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: file });
      if (answer.ok) {
        const { key, beside } = await answer.json();
        Blazor.navigateTo(`maps/${encodeURIComponent(key)}${beside.length ? `?beside=${beside.length}` : ''}`);
      } else problem.textContent = answer.status === 422 || answer.status === 400 ? await answer.text() : label.dataset.failed;
    } catch {
      problem.textContent = label.dataset.failed;
    }
    label.classList.remove('busy');
    input.value = '';
  };
  input.addEventListener('change', upload);
  return {
    dispose() {
      input.removeEventListener('change', upload);
      problem.remove();
    },
  };
}
