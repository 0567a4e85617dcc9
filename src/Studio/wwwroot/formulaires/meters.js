// How far each language is, and what is missing, with a way to each place.

import { el } from './dom.js';

export function drawMeters(container, draft, model, goTo) {
  const missing = code => draft.problems.filter(problem => (code === 'fr' ? ['label-missing', 'title-missing'] : ['partner-text-missing']).includes(problem.code));
  const others = draft.problems.filter(problem => !['label-missing', 'title-missing', 'partner-text-missing'].includes(problem.code));
  const open = new Set([...container.querySelectorAll('details[open]')].map(details => details.dataset.what));
  const list = (what, words, problems, state) => problems.length === 0
    ? el('p', { class: 'fd-meter' }, el('span', { class: `state ${state}` }, words))
    : el('details', { class: 'fd-meter', 'data-what': what, open: open.has(what) }, el('summary', {}, el('span', { class: 'state wait' }, words)), problemList(problems, model, goTo));
  container.replaceChildren(
    ...draft.languages.map(({ language, name, done, total }) =>
      list(language, `${name[0].toUpperCase()}${name.slice(1)} : ${done} texte${done > 1 ? 's' : ''} sur ${total}`, missing(language), 'good')),
    others.length > 0 ? list('autres', `${others.length} point${others.length > 1 ? 's' : ''} à corriger`, others, 'wait') : '');
}

export function problemList(problems, model, goTo) {
  return el('ul', { class: 'fd-problems' }, problems.map(problem => {
    const field = placeOf(problem, model);
    return el('li', {}, el('button', { type: 'button', class: 'btn btn-link btn-sm', onclick: () => goTo(problem) }, field ? model.name(field) : 'Le formulaire'), ` — ${words(problem)}`);
  }));
}

// The server names properties of the schema; here one writes in boxes.
function words(problem) {
  return problem.code === 'partner-text-missing' ? problem.message : problem.mend.includes('cleiss.') ? problem.message : `${problem.message} ${problem.mend}`;
}

/** The field a problem is about: its path leads through « components[…] ». Null for the form. */
export function placeOf(problem, model) {
  let place = null;
  let list = model.root.components;
  for (const [, index] of problem.path.matchAll(/components\[(\d+)\]/g)) {
    place = list?.[Number(index)] ?? null;
    list = place?.components;
  }
  return place;
}
