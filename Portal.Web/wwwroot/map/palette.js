// Colours of the map. The canvas cannot read CSS variables while it draws, so the two themes are held here
// in the values of the product's tokens.

const LIGHT = {
  dark: false,
  text: '#1B2430', text2: '#566173', surface: '#FFFFFF', line: '#DCE1E8', accent: '#1F5FD0', bad: '#B42318', warn: '#9A5B00',
  status: ['#46536A', '#1F5FD0', '#1F5FD0', '#6B3FC4', '#0A7686', '#0B7A4B', '#7A8494'],
  land: '#F3F1EC', water: '#BFD9EE', park: '#D5E8CB', building: '#E3DED5', district: '#8A93A3',
  road: ['#F6C667', '#FBDF9D', '#FFFFFF', '#FFFFFF', '#FFFFFF'], casing: '#D3CDC1', rail: '#A9A9A9',
  name: '#4C5563', halo: '#FFFFFFD9', waterName: '#3B6C93',
};

const DARK = {
  dark: true,
  text: '#E6EAF0', text2: '#9AA6B6', surface: '#141A22', line: '#2C3642', accent: '#7AA7FF', bad: '#FF8A7A', warn: '#F0B45A',
  status: ['#B9C4D4', '#7AA7FF', '#7AA7FF', '#B79BFF', '#4FC7D3', '#4CC38A', '#7F8A99'],
  land: '#1A212B', water: '#12304A', park: '#1D3328', building: '#232C38', district: '#6C7889',
  road: ['#8A6B2C', '#5E5138', '#3A4554', '#333D4B', '#2C3642'], casing: '#131920', rail: '#4A5361',
  name: '#AAB5C4', halo: '#1A212BD9', waterName: '#6FA3CF',
};

/** The palette of the theme the element is shown in: light text means a dark one. */
export function paletteFor(element) {
  const [r, g, b] = getComputedStyle(element).color.match(/[\d.]+/g).map(Number);
  return 0.299 * r + 0.587 * g + 0.114 * b > 128 ? DARK : LIGHT;
}

/** Calls back when the page turns dark or light: the system's wish, or the user's on the root element. */
export function onThemeChange(changed) {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = new MutationObserver(changed);
  system.addEventListener('change', changed);
  root.observe(document.documentElement, { attributes: true, attributeFilter: ['class', 'data-theme', 'style'] });
  return () => {
    system.removeEventListener('change', changed);
    root.disconnect();
  };
}
