// A condition is built by choosing: a field, what to compare, a value. FEEL is written underneath.

import { button, el, select } from './dom.js';
import { readCondition, writeCondition } from './feel.js';

const NUMBERS = ['number', 'amount', 'computed'];
const COMPARE = [['=', 'est égal à'], ['!=', 'est différent de'], ['>', 'est plus grand que'], ['>=', 'est au moins'], ['<', 'est plus petit que'], ['<=', 'est au plus']];

function tests(type) {
  const ends = [['filled', 'est rempli'], ['empty', 'est vide']];
  if (!type) {
    return [['equals', 'est'], ['differs', 'n\'est pas'], ...ends];
  }
  if (type.shape === 'rows') {
    return [['rows', 'compte au moins (lignes)']];
  }
  if (type.name === 'checkbox') {
    return [['checked', 'est coché'], ['unchecked', 'n\'est pas coché']];
  }
  if (type.name === 'choices') {
    return [['contains', 'contient'], ...ends];
  }
  if (type.hasChoices) {
    return [['equals', 'est'], ['differs', 'n\'est pas'], ['one-of', 'est l\'un de'], ...ends];
  }
  if (NUMBERS.includes(type.name)) {
    return [...COMPARE, ...COMPARE.map(([sign, words]) => [`field${sign}`, `${words} (autre champ)`]), ...ends];
  }
  if (type.name === 'date') {
    return [['before', 'est avant le'], ['after', 'est après le'], ...ends];
  }
  return [['equals', 'est'], ['differs', 'n\'est pas'], ...ends];
}

/**
 * The editor of one FEEL condition. Calls back with the FEEL, empty while a test is not complete.
 * @param {string} id begins the ids of its inputs
 */
export function conditionEditor(id, feel, candidates, changed) {
  const box = el('div', { class: 'fd-condition' });
  let condition = feel ? readCondition(feel) : { all: true, tests: [] };
  if (condition === null) {
    return freeFormula(id, feel, changed);
  }
  const tell = () => changed(writeCondition({ ...condition, tests: condition.tests.filter(isComplete) }));
  const redraw = focus => {
    draw();
    tell();
    if (focus) {
      box.querySelector(`#${CSS.escape(focus)}`)?.focus();
    }
  };

  function draw() {
    box.replaceChildren(...[
      condition.tests.length > 1 && el('div', { class: 'fd-joint' }, select(
        [{ value: 'all', words: 'Toutes ces conditions sont vraies' }, { value: 'any', words: 'Une de ces conditions est vraie' }],
        condition.all ? 'all' : 'any', value => { condition.all = value === 'all'; tell(); }, { 'aria-label': 'Comment réunir les conditions', id: `${id}-lien` })),
      ...condition.tests.map((test, i) => drawTest(test, i)),
      button('Ajouter une condition', () => {
        condition.tests.push({ path: candidates[0]?.path ?? '', is: tests(candidates[0]?.type)[0][0], value: '' });
        redraw(`${id}-${condition.tests.length - 1}-champ`);
      }, { id: `${id}-ajouter`, disabled: candidates.length === 0 }),
    ].filter(Boolean));
  }

  function drawTest(test, i) {
    const place = `${id}-${i}`;
    const candidate = candidates.find(c => c.path === test.path);
    const options = candidates.map(c => ({ value: c.path, words: c.words }));
    if (!candidate) {
      options.unshift({ value: test.path, words: `${test.path} (champ inconnu)` });
    }
    const kinds = tests(candidate?.type);
    const known = kinds.some(([is]) => is === test.is);
    return el('div', { class: 'fd-test', role: 'group', 'aria-label': `Condition ${i + 1}` },
      select(options, test.path, path => {
        const type = candidates.find(c => c.path === path)?.type;
        Object.assign(test, { path, is: tests(type)[0][0], value: '' });
        redraw(`${place}-champ`);
      }, { id: `${place}-champ`, 'aria-label': 'Champ' }),
      select([...kinds, ...(known ? [] : [[test.is, test.is]])].map(([value, words]) => ({ value, words })), test.is, is => {
        Object.assign(test, { is, value: is === 'one-of' ? [] : '' });
        redraw(`${place}-test`);
      }, { id: `${place}-test`, 'aria-label': 'Comparaison' }),
      valueInput(test, candidate, place),
      button('Retirer', () => { condition.tests.splice(i, 1); redraw(`${id}-ajouter`); }, { class: 'btn btn-link btn-sm', 'aria-label': `Retirer la condition ${i + 1}` }),
    );
  }

  function valueInput(test, candidate, place) {
    const set = value => { test.value = value; tell(); };
    const named = { id: `${place}-valeur`, 'aria-label': 'Valeur' };
    if (['filled', 'empty', 'checked', 'unchecked'].includes(test.is)) {
      return null;
    }
    if (test.is.startsWith('field')) {
      const others = candidates.filter(c => NUMBERS.includes(c.type?.name) && c.path !== test.path).map(c => ({ value: c.path, words: c.words }));
      return select([{ value: '', words: 'Choisir…' }, ...others], test.value, set, named);
    }
    const choices = (candidate?.field?.values ?? []).map(choice => ({ value: choice.value, words: choice.label || choice.value }));
    if (test.is === 'one-of') {
      return el('select', {
        class: 'form-select form-select-sm', multiple: true, size: Math.min(4, Math.max(2, choices.length)), ...named,
        onchange: event => set([...event.target.selectedOptions].map(option => option.value)),
      }, choices.map(choice => el('option', { value: choice.value, selected: test.value.includes(choice.value) }, choice.words)));
    }
    if (choices.length > 0) {
      return select([{ value: '', words: 'Choisir…' }, ...choices], test.value, set, named);
    }
    const type = ['before', 'after'].includes(test.is) ? 'date' : NUMBERS.includes(candidate?.type?.name) || test.is === 'rows' ? 'number' : 'text';
    return el('input', { class: 'form-control form-control-sm', type, step: type === 'number' ? 'any' : null, value: test.value, oninput: event => set(event.target.value), ...named });
  }

  draw();
  return box;
}

function isComplete(test) {
  return test.path && (['filled', 'empty', 'checked', 'unchecked'].includes(test.is) || (Array.isArray(test.value) ? test.value.length > 0 : test.value !== ''));
}

/** What was written by hand and says more than choices can. */
function freeFormula(id, feel, changed) {
  return el('div', { class: 'fd-condition' },
    el('label', { for: `${id}-formule`, class: 'form-label' }, 'Formule (FEEL)'),
    el('textarea', { class: 'form-control form-control-sm fd-formula', id: `${id}-formule`, rows: 3, spellcheck: 'false', onchange: event => changed(event.target.value.trim()) }, feel),
    el('p', { class: 'form-text' }, 'Cette condition a été écrite à la main. Effacez-la pour la construire par des choix.'));
}
