// What is typed into a task's form lives in the browser: a cut connection or a restarted server loses nothing.
export const read = (key) => JSON.parse(localStorage.getItem(key) ?? 'null');
export const keep = (key, typed) => localStorage.setItem(key, JSON.stringify(typed));
export const forget = (key) => localStorage.removeItem(key);

/** Puts the cursor into the first field with a problem. */
export const toProblem = () => requestAnimationFrame(() => document.querySelector('.work-item [aria-invalid=true]')?.focus());
