// The draft of an order lives in the browser: a cut connection or a restarted server loses nothing.
export const read = (key) => sessionStorage.getItem(key);
export const keep = (key, draft) => sessionStorage.setItem(key, draft);
export const forget = (key) => sessionStorage.removeItem(key);

/** Brings the first problem into view and the cursor into its field. */
export function toProblem(form) {
  const problem = form.querySelector('.problem');
  problem?.scrollIntoView({ block: 'nearest' });
  form.querySelector('[aria-invalid=true]')?.focus();
}
