// Browsers give the clipboard to secure origins only; elsewhere the text stays there to be selected.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
