// Menus are <details class="drop">: Escape, a press elsewhere and a link followed inside close them.
function shut(belongs) {
  const menus = [...document.querySelectorAll('details.drop[open]')].filter(belongs);
  for (const menu of menus) menu.open = false;
  return menus;
}

// before the page's own shortcuts, which would close what lies behind the menu
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || document.querySelector('[aria-modal=true]') || event.target.closest?.('[data-escape]')) return;
  for (const menu of shut(() => true)) {
    event.preventDefault();
    menu.querySelector('summary').focus();
  }
}, true);

document.addEventListener('pointerdown', (event) => {
  if (!event.target.closest('[aria-modal=true], .veil')) shut((menu) => !menu.contains(event.target));
}, true);

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href]');
  if (link) shut((menu) => menu.contains(link));
});
