/**
 * Makes an element. Texts become text nodes, never markup, so a name from a file stays a name.
 * @param {string} tag
 * @param {object} [facts] attributes; a function is a listener for the event of its name, a boolean switches the attribute
 * @param {...(Node|string|null|Array)} children
 */
export function h(tag, facts = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(facts)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (name === 'value') element.value = value ?? '';
    else if (name === 'checked') element.checked = !!value;
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(2).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** A Material symbol, as everywhere in the product. */
export const icon = name => h('span', { class: 'rzi', 'aria-hidden': 'true' }, name);
