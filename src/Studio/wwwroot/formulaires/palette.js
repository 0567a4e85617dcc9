// The kinds of fields one may add: by dragging, as form-js does it, or with the keyboard.

import { el } from './dom.js';

export function drawPalette(container, vocabulary, add) {
  const search = el('input', {
    class: 'form-control form-control-sm', type: 'search', id: 'fd-chercher', placeholder: 'Chercher un champ…', 'aria-label': 'Chercher un type de champ', autocomplete: 'off',
    oninput: () => filter(search.value),
  });
  const groups = vocabulary.groups.map(name => ({ name, types: vocabulary.types.filter(type => type.group === name) })).filter(group => group.types.length > 0);
  container.replaceChildren(search, ...groups.map(group => el('div', { class: 'fd-types' },
    el('h3', {}, group.name),
    // These classes are what form-js's drag and drop looks for.
    el('div', { class: 'fjs-palette-fields fjs-drag-container fjs-no-drop' },
      group.types.map(type => el('button', {
        type: 'button', class: 'fjs-drag-copy fd-type', 'data-field-type': type.formJsType, 'data-fd-type': type.name,
        title: `Ajouter : ${type.words}`, onclick: () => add(type),
      }, type.words))))));

  function filter(text) {
    const plain = words => words.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
    for (const group of container.querySelectorAll('.fd-types')) {
      const entries = [...group.querySelectorAll('.fd-type')];
      entries.forEach(entry => { entry.hidden = !plain(entry.textContent).includes(plain(text.trim())); });
      group.hidden = entries.every(entry => entry.hidden);
    }
  }
}
