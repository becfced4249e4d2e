// The forms a counted text has, in the order in which they stand between its bars.
const FORMS = { en: ['one', 'other'], ru: ['one', 'few', 'many'], uk: ['one', 'few', 'many'], ro: ['one', 'few', 'other'], id: ['other'] };

/**
 * The page's texts by key, and bpmn-js's own texts by the English they are written in.
 * @param {Record<string, string>} texts
 */
export function wordsOf(texts) {
  const fill = (text, values) => text.replace(/\{(\d+)\}/g, (place, n) => values[n] ?? place);
  const t = (key, ...values) => fill(texts[key] ?? key, values);
  const count = (key, n) => {
    const language = document.documentElement.lang;
    return fill((texts[key] ?? key).split('|').at(FORMS[language]?.indexOf(new Intl.PluralRules(language).select(n)) ?? -1), [n]);
  };
  const known = key => key in texts;
  return { t, count, known, translate: (template, replacements) => translate(texts, template, replacements) };
}

/** bpmn-js asks with an English template and named places; ours have numbered places in the template's order. */
function translate(texts, template, replacements = {}) {
  const names = [...template.matchAll(/\{([^}]+)\}/g)].map(match => match[1]);
  const text = texts[`bpmn.${slug(template)}`];
  const shown = name => texts[`bpmn.${slug(String(replacements[name] ?? ''))}`] ?? replacements[name] ?? `{${name}}`;
  return text === undefined
    ? template.replace(/\{([^}]+)\}/g, (_, name) => shown(name))
    : text.replace(/\{(\d+)\}/g, (_, n) => shown(names[n]));
}

const slug = template => template.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
