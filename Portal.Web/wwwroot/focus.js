// Browsers heed `autofocus` only in a page they load. What is drawn or marked later takes the focus here at once, before a key can go astray.
function focusIn(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const wanted = node.matches('[autofocus]') ? node : node.querySelector('[autofocus]');
  wanted?.focus();
}

new MutationObserver((changes) => {
  for (const change of changes) {
    if (change.type === 'attributes') {
      if (change.target.matches('[autofocus]')) change.target.focus();
    } else {
      change.addedNodes.forEach(focusIn);
    }
  }
}).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ['autofocus'] });

// Enter takes the hint of an open list of hints; the form around it is not sent by the same key.
document.addEventListener('keydown', (e) => {
  if (e.key === 'Enter' && !e.ctrlKey && !e.metaKey && e.target.matches?.('[role=combobox][aria-expanded=true]')) e.preventDefault();
}, true);
