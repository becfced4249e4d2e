// Menus are <details class="drop">: Escape, a press elsewhere, a link followed and a menu item chosen inside close them.
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
  const chosen = event.target.closest('a[href], .offer-more .menu-item');
  if (chosen) shut((menu) => menu.contains(chosen));
});
