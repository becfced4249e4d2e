// Starts the circuit. Reconnects with a jittered delay, so that a restarted server is not met by everybody at once;
// a server that no longer knows the circuit is answered by a reload, which keeps what forms saved as drafts.
const attempts = 400;
Blazor.start({
  circuit: {
    reconnectionOptions: {
      maxRetries: attempts,
      retryIntervalMilliseconds: (attempt) => {
        if (attempt >= attempts) return null;
        const base = Math.min(500 * 2 ** Math.min(attempt, 5), 10000);
        return base / 2 + Math.random() * base;
      },
    },
  },
});

for (const button of document.querySelectorAll('[data-reload]')) {
  button.addEventListener('click', () => location.reload());
}

// What is typed while the line is cut stays on the screen but never reaches the server, so it is told again afterwards.
const untold = new Map();
for (const type of ['input', 'change']) {
  document.addEventListener(type, (event) => {
    if (document.documentElement.dataset.link === 'cut') untold.set(event.target, (untold.get(event.target) ?? new Set()).add(type));
  }, true);
}

function tell() {
  for (const [field, types] of untold) {
    for (const type of types) field.dispatchEvent(new Event(type, { bubbles: true }));
  }
  untold.clear();
}

const banner = document.getElementById('components-reconnect-modal');
new MutationObserver(() => {
  const cut = banner.classList.contains('components-reconnect-show') || banner.classList.contains('components-reconnect-failed');
  document.documentElement.dataset.link = cut ? 'cut' : 'live';
  if (!cut && untold.size > 0) tell();
  if (banner.classList.contains('components-reconnect-rejected')) {
    setTimeout(() => location.reload(), 300 + Math.random() * 4000);
  }
}).observe(banner, { attributes: true, attributeFilter: ['class'] });
document.documentElement.dataset.link = 'live';
