// The settings of what is selected, in both languages side by side; with nothing selected, those of the form.

import { conditionEditor } from './conditions.js';
import { button, el, field as labelled, keyFrom, later, select } from './dom.js';
import { readCalculation, readVisibility, writeCalculation, writeVisibility } from './feel.js';

const TYPING_PAUSE = 300;

const OWN_RULE = {
  id: 'fd-regle', legend: 'Règle propre à ce champ', none: 'Aucune', some: 'La réponse est bonne seulement si…',
  condition: 'cleiss.check', message: 'cleiss.check.message', words: 'Message quand elle ne l\'est pas',
};

// What ends the matter: no correction of the field helps.
const STOP = {
  id: 'fd-arret', legend: 'Arrêt de la demande', none: 'Aucun', some: 'La demande ne peut pas aboutir si…',
  condition: 'cleiss.stop.when', message: 'cleiss.stop.reason', words: 'Motif',
};

export class Properties {
  #container;
  #model;
  #shown = null;
  #own = false;
  #pending = new Set();

  constructor(container, model) {
    this.#container = container;
    this.#model = model;
    const events = model.editor.get('eventBus');
    events.on('selection.changed', event => this.show(event.selection));
    events.on('commandStack.changed', () => {
      if (!this.#own) {
        this.#redraw();
      }
    });
    events.on('import.done', () => this.show(null));
  }

  get shown() {
    return this.#shown;
  }

  show(selected) {
    this.flush();
    const field = selected && selected.type !== 'default' ? selected : null;
    this.#shown = field;
    this.#draw();
    this.#container.parentElement.scrollTop = 0;
  }

  focusLabel() {
    this.#focus('fd-libelle');
  }

  // form-js takes the focus to the selected field once it has drawn it; the person goes on here.
  #focus(id) {
    const take = () => this.#container.querySelector(`#${CSS.escape(id)}`)?.focus();
    take();
    requestAnimationFrame(() => requestAnimationFrame(take));
  }

  /** What is still being typed becomes part of the form at once. */
  flush() {
    [...this.#pending].forEach(write => write.flush());
  }

  #redraw() {
    const at = document.activeElement;
    const focus = this.#container.contains(at) ? at.id : null;
    if (this.#shown && !this.#model.registry.get(this.#shown.id)) {
      this.#shown = null;
    }
    this.#draw();
    if (focus) {
      this.#focus(focus);
    }
  }

  // A change made here leaves the panel as it is: the person goes on typing.
  #change(work) {
    this.#own = true;
    try {
      return work();
    } finally {
      this.#own = false;
    }
  }

  #draw() {
    const model = this.#model;
    if (!model.root) {
      return;
    }
    this.#container.replaceChildren(...(this.#shown ? this.#fieldParts(this.#shown) : this.#formParts(model.root)).filter(Boolean));
  }

  // ---- inputs ----

  #text(value, write, attributes = {}) {
    const { rows, ...rest } = attributes;
    const input = el(rows ? 'textarea' : 'input', { class: 'form-control form-control-sm', autocomplete: 'off', ...(rows ? { rows } : { value }), ...rest });
    if (rows) {
      input.value = value;
    }
    const commit = later(() => { this.#pending.delete(commit); this.#change(() => write(input.value)); }, TYPING_PAUSE);
    input.addEventListener('input', () => { this.#pending.add(commit); commit(); });
    input.addEventListener('blur', () => commit.flush());
    return input;
  }

  #language() {
    const code = this.#model.language;
    return code && (this.#model.vocabulary.languages.find(language => language.code === code)?.name ?? code);
  }

  /** A French text and its twin; only French while the form has no second language. */
  #pair(id, words, french, partner, rows = null) {
    const language = this.#language();
    const one = (suffix, title, [value, write], lang) =>
      el('div', {}, el('label', { for: id + suffix, class: 'form-label' }, title), this.#text(value, write, { id: id + suffix, rows, lang }));
    return el('div', { class: 'fd-pair', role: 'group', 'aria-label': words },
      one('', language ? `${words} (français)` : words, french, 'fr'),
      language && one('-partenaire', `${words} (${language})`, partner, this.#model.language));
  }

  #propertyPair(field, id, words, stem, rows = null) {
    const model = this.#model;
    const name = `${stem}.${model.language}`;
    return this.#pair(id, words,
      [field.properties?.[stem] ?? '', text => model.setProperty(field, stem, text)],
      [field.properties?.[name] ?? '', text => model.setProperty(field, name, text)], rows);
  }

  #flag(id, words, value, write) {
    return el('div', { class: 'form-check fd-field' },
      el('input', { class: 'form-check-input', type: 'checkbox', id, checked: value, onchange: event => this.#change(() => write(event.target.checked)) }),
      el('label', { class: 'form-check-label', for: id }, words));
  }

  // ---- the form ----

  #formParts(root) {
    const model = this.#model;
    const property = name => [root.properties?.[name] ?? '', text => model.setProperty(root, name, text)];
    const simple = (id, words, name, hint) => labelled(id, words, this.#text(...property(name)), hint);
    const languages = [{ value: '', words: 'Aucune : français seulement' }, ...model.vocabulary.languages.map(language => ({ value: language.code, words: language.name }))];
    const visible = (root.properties?.['cleiss.flow.visible'] ?? '').split(',').map(name => name.trim()).filter(Boolean);
    const showable = model.candidates(root).filter(candidate => !candidate.path.includes('.') && !candidate.type.personal);
    return [
      el('p', { class: 'fd-kind' }, 'Le formulaire entier'),
      this.#pair('fd-titre', 'Titre', property('cleiss.title.fr'), property(`cleiss.title.${model.language}`), 2),
      labelled('fd-langue', 'Langue du partenaire', select(languages, model.language ?? '', code => { model.setProperty(root, 'cleiss.partner.language', code); })),
      el('div', { class: 'fd-pair' }, simple('fd-code', 'Code officiel', 'cleiss.code'), simple('fd-code-partenaire', 'Code du partenaire', 'cleiss.partner.code')),
      simple('fd-famille', 'Famille', 'cleiss.family', 'Pour ranger les formulaires, par exemple « détachement ».'),
      this.#pair('fd-base', 'Base légale', property('cleiss.legal-basis.fr'), property(`cleiss.legal-basis.${model.language}`), 3),
      el('fieldset', { class: 'fd-field' }, el('legend', { class: 'form-label' }, 'Ce que le processus peut lire'),
        el('p', { class: 'form-text' }, 'Les autres réponses restent hors du processus. Les données personnelles ne peuvent pas y entrer.'),
        showable.map(candidate => this.#flag(`fd-flux-${candidate.path}`, candidate.words, visible.includes(candidate.path), on => {
          const kept = new Set((root.properties?.['cleiss.flow.visible'] ?? '').split(',').map(name => name.trim()).filter(Boolean));
          kept[on ? 'add' : 'delete'](candidate.path);
          model.setProperty(root, 'cleiss.flow.visible', [...kept].join(','));
        }))),
    ];
  }

  // ---- a field ----

  #fieldParts(field) {
    const model = this.#model;
    const type = model.typeOf(field);
    return [
      el('p', { class: 'fd-kind' }, type?.words ?? field.type),
      this.#actions(field),
      this.#labels(field, type),
      type?.hasChoices && this.#choices(field, type),
      field.type === 'expression' && this.#calculation(field),
      this.#answer(field, type),
      type && type.shape !== 'text' && field.type !== 'expression' && this.#required(field),
      this.#visibility(field),
      type && type.shape === 'value' && this.#rule(field, OWN_RULE),
      type && type.shape === 'value' && field.type !== 'expression' && this.#rule(field, STOP),
      this.#place(field),
    ];
  }

  #actions(field) {
    const model = this.#model;
    const select = copy => model.editor.get('selection').set(copy);
    return el('div', { class: 'fd-actions' },
      button('Monter', () => model.shift(field, -1), { id: 'fd-monter' }),
      button('Descendre', () => model.shift(field, 1), { id: 'fd-descendre' }),
      button('Dupliquer', () => select(model.duplicate(field)), { id: 'fd-dupliquer' }),
      button('Retirer', () => model.remove(field), { id: 'fd-retirer', class: 'btn btn-outline-danger btn-sm' }));
  }

  #labels(field, type) {
    const model = this.#model;
    const long = type?.shape === 'text' ? 4 : null;
    const name = `cleiss.label.${model.language}`;
    const pair = this.#pair('fd-libelle', type?.shape === 'text' ? 'Texte' : 'Libellé',
      [model.label(field), text => model.edit(field, { [model.labelName(field)]: text })],
      [field.properties?.[name] ?? '', text => model.setProperty(field, name, text)], long);
    // The technical name follows once the label is written, not letter by letter.
    pair.querySelector('#fd-libelle').addEventListener('change', () => {
      this.flush();
      this.#change(() => model.nameAfterLabel(field));
      const key = this.#container.querySelector('#fd-cle');
      if (key) {
        key.value = field[model.keyName(field)] ?? '';
      }
    });
    const help = `cleiss.help.${model.language}`;
    return el('div', {}, pair, type?.shape !== 'text' && this.#pair('fd-aide', 'Aide',
      [field.description ?? '', text => model.edit(field, { description: text || undefined })],
      [field.properties?.[help] ?? '', text => model.setProperty(field, help, text)], 2));
  }

  #choices(field, type) {
    const model = this.#model;
    const fixed = type.name === 'yes-no';
    const values = field.values ?? [];
    const language = this.#language();
    const write = (next, properties = field.properties) => model.edit(field, { values: next, properties });
    const partnerName = value => `cleiss.choice.${value}.${model.language}`;
    const free = wanted => {
      let value = wanted;
      for (let i = 2; (field.values ?? []).some(choice => choice.value === value); i++) {
        value = `${wanted}${i}`;
      }
      return value;
    };
    const rows = values.map((choice, i) => {
      const current = () => field.values[i];
      const label = this.#text(choice.label ?? '', text => write(field.values.map((c, j) => j === i ? { ...c, label: text } : c)), { id: `fd-choix-${i}`, 'aria-label': `Choix ${i + 1}, français`, lang: 'fr' });
      label.addEventListener('change', () => {
        this.flush();
        const { value, label: words } = current();
        if (/^choix\d+$/.test(value) && keyFrom(words)) {
          const renamed = free(keyFrom(words));
          const partner = field.properties?.[partnerName(value)];
          const properties = model.withProperty({ properties: model.withProperty(field, partnerName(value), '') }, partnerName(renamed), partner);
          this.#change(() => write(field.values.map((c, j) => j === i ? { ...c, value: renamed } : c), properties));
        }
      });
      return el('div', { class: 'fd-choice', role: 'group', 'aria-label': `Choix ${i + 1}` },
        label,
        language && this.#text(field.properties?.[partnerName(choice.value)] ?? '', text => model.setProperty(field, partnerName(current().value), text),
          { id: `fd-choix-${i}-partenaire`, 'aria-label': `Choix ${i + 1}, ${language}`, lang: model.language }),
        !fixed && el('span', { class: 'fd-choice-actions' },
          button('↑', () => { this.flush(); write(swap(field.values, i, i - 1)); }, { id: `fd-choix-${i}-haut`, 'aria-label': `Monter le choix ${i + 1}`, disabled: i === 0 }),
          button('×', () => {
            this.flush();
            write(field.values.filter((_, j) => j !== i), model.withProperty(field, partnerName(current().value), ''));
          }, { id: `fd-choix-${i}-retirer`, 'aria-label': `Retirer le choix ${i + 1}` })));
    });
    return el('fieldset', { class: 'fd-part' }, el('legend', {}, 'Choix proposés'),
      language && el('div', { class: 'fd-choice fd-choice-head', 'aria-hidden': 'true' }, el('span', {}, 'Français'), el('span', {}, language), !fixed && el('span', { class: 'fd-choice-actions' })),
      rows,
      !fixed && button('Ajouter un choix', () => {
        this.flush();
        write([...(field.values ?? []), { label: '', value: free(`choix${(field.values ?? []).length + 1}`) }]);
        this.#container.querySelector(`#fd-choix-${field.values.length - 1}`)?.focus();
      }, { id: 'fd-choix-ajouter' }));
  }

  #answer(field, type) {
    const model = this.#model;
    const keyName = model.keyName(field);
    const parts = [];
    if (keyName && (type.shape !== 'group' || field[keyName])) {
      const fault = el('div', { class: 'invalid-feedback', role: 'alert' });
      const input = el('input', {
        class: 'form-control form-control-sm', value: field[keyName] ?? '', autocomplete: 'off', spellcheck: 'false',
        onchange: event => {
          const refused = this.#change(() => model.rename(field, event.target.value.trim()));
          fault.textContent = refused ?? '';
          input.classList.toggle('is-invalid', Boolean(refused));
        },
      });
      const box = labelled('fd-cle', 'Nom technique', input, 'Désigne la réponse dans les conditions et les documents. Le changer corrige aussi les conditions.');
      box.append(fault);
      parts.push(box);
    }
    for (const setting of type?.settings ?? []) {
      parts.push(this.#setting(field, setting));
    }
    if (type?.shape === 'value') {
      const widths = [['', 'selon le type'], ['xs', 'très court'], ['sm', 'court'], ['md', 'moitié'], ['full', 'toute la largeur']].map(([value, words]) => ({ value, words }));
      parts.push(labelled('fd-largeur', 'Largeur', select(widths, field.properties?.['cleiss.width'] ?? '', value => this.#change(() => model.setProperty(field, 'cleiss.width', value)))));
    }
    return parts.length > 0 && el('fieldset', { class: 'fd-part' }, el('legend', {}, 'Réponse'), parts);
  }

  #setting(field, setting) {
    const model = this.#model;
    const id = `fd-${setting.name.replace(/[^A-Za-z]+/g, '-')}`;
    const [owner, name] = setting.name.startsWith('validate.') ? ['validate', setting.name.slice(9)] : setting.name.startsWith('cleiss.') ? ['properties', setting.name] : ['field', setting.name];
    const value = String((owner === 'field' ? field[name] : field[owner]?.[name]) ?? '');
    const write = text => {
      if (owner === 'properties') {
        model.setProperty(field, name, text);
      } else {
        const plain = text === '' ? undefined : setting.kind === 'number' ? Number(text) : text;
        model.edit(field, owner === 'validate' ? { validate: { ...field.validate, [name]: plain } } : { [name]: plain });
      }
    };
    const siblings = (kind, parent) => (parent.components ?? []).filter(other => other !== field && model.typeOf(other)?.name === kind).map(other => ({ value: other.key, words: model.name(other) }));
    switch (setting.kind) {
      case 'flag':
        return this.#flag(id, setting.words, value === 'true', on => write(on ? 'true' : ''));
      case 'number':
        return labelled(id, setting.words, this.#text(value, write, { type: 'number', min: setting.name.startsWith('validate.m') && !/Length/.test(setting.name) ? null : 0, step: 'any' }));
      case 'choice':
        return labelled(id, setting.words, select(setting.options, value || setting.options[0].value, text => this.#change(() => write(text))));
      case 'pair':
        return this.#propertyPair(field, id, setting.words, name);
      case 'date-field': {
        const dates = siblings('date', model.parentOf(field));
        return labelled(id, setting.words, select([{ value: '', words: 'Sans règle' }, ...dates], value, text => this.#change(() => write(text))),
          dates.length === 0 ? 'Il faut une autre date au même endroit.' : null);
      }
      case 'period': {
        const dates = siblings('date', field);
        const pairs = dates.flatMap(from => dates.filter(to => to !== from).map(to => ({ value: `${from.value},${to.value}`, words: `du « ${from.words} » au « ${to.words} »` })));
        return labelled(id, setting.words, select([{ value: '', words: 'Sans règle' }, ...pairs], value, text => this.#change(() => write(text))),
          pairs.length === 0 ? 'Il faut deux dates dans le groupe.' : null);
      }
      default:
        return labelled(id, setting.words, this.#text(value, write, { spellcheck: 'false' }));
    }
  }

  #required(field) {
    const model = this.#model;
    const always = field.validate?.required === true;
    const when = (field.properties?.['cleiss.required.when'] ?? '').replace(/^\s*=/, '').trim();
    const box = el('div', {});
    const draw = (mode, feel) => {
      box.replaceChildren(...(mode === 'when'
        ? [conditionEditor('fd-obligatoire-si', feel, model.candidates(field), text => this.#change(() => model.setProperty(field, 'cleiss.required.when', text && `=${text}`)))]
        : []));
    };
    draw(when ? 'when' : '', when);
    return el('fieldset', { class: 'fd-part' }, el('legend', {}, 'Réponse obligatoire'),
      select([{ value: 'no', words: 'Facultative' }, { value: 'always', words: 'Toujours obligatoire' }, { value: 'when', words: 'Obligatoire seulement si…' }],
        always ? 'always' : when ? 'when' : 'no', mode => {
          this.#change(() => model.edit(field, {
            validate: { ...field.validate, required: mode === 'always' ? true : undefined },
            properties: model.withProperty(field, 'cleiss.required.when', mode === 'when' ? field.properties?.['cleiss.required.when'] : ''),
          }));
          draw(mode, '');
        }, { id: 'fd-obligatoire', 'aria-label': 'Réponse obligatoire' }),
      box);
  }

  #visibility(field) {
    const model = this.#model;
    const read = readVisibility(field.conditional?.hide);
    let mode = read.when;
    const box = el('div', {});
    const write = feel => this.#change(() => model.edit(field, { conditional: writeVisibility({ when: mode, feel }) }));
    const draw = feel => {
      box.replaceChildren(...(mode === 'always' ? [] : [
        el('p', { class: 'form-text' }, 'Un champ masqué n\'est pas demandé, et ce qu\'il contenait est effacé.'),
        conditionEditor('fd-visible-si', feel, model.candidates(field), write),
      ]));
    };
    draw(read.feel);
    return el('fieldset', { class: 'fd-part' }, el('legend', {}, 'Affichage'),
      select([{ value: 'always', words: 'Toujours affiché' }, { value: 'shown', words: 'Affiché seulement si…' }, { value: 'hidden', words: 'Masqué si…' }], mode, chosen => {
        mode = chosen;
        write('');
        draw('');
      }, { id: 'fd-visible', 'aria-label': 'Affichage' }),
      box);
  }

  #calculation(field) {
    const model = this.#model;
    let calculation = readCalculation(field.expression);
    const box = el('div', {});
    const kinds = [
      ['sum', 'Somme d\'une colonne'], ['count', 'Nombre de lignes'], ['add', 'Addition de champs'], ['subtract', 'Différence de deux champs'],
      ['multiply', 'Produit de champs'], ['days', 'Nombre de jours entre deux dates'], ['formula', 'Formule (FEEL)'],
    ].map(([value, words]) => ({ value, words }));
    const write = () => this.#change(() => model.edit(field, { expression: writeCalculation(calculation) ?? '', computeOn: 'change' }));
    const numbers = () => model.candidates(field).filter(c => ['number', 'amount', 'computed'].includes(c.type.name));
    const sources = () => ({
      sum: [model.columns(), 1], count: [model.candidates(field).filter(c => c.type.shape === 'rows'), 1], add: [numbers(), 3], subtract: [numbers(), 2], multiply: [numbers(), 2],
      days: [model.candidates(field).filter(c => c.type.name === 'date'), 2],
    })[calculation.kind];
    const draw = () => {
      if (calculation.kind === 'formula') {
        box.replaceChildren(el('label', { class: 'form-label', for: 'fd-formule' }, 'Formule'),
          el('textarea', { class: 'form-control form-control-sm fd-formula', id: 'fd-formule', rows: 3, spellcheck: 'false', onchange: event => { calculation.feel = event.target.value.trim().replace(/^=/, ''); write(); } }, calculation.feel ?? ''));
        return;
      }
      const [fields, count] = sources();
      const names = { days: ['Du', 'Au'], subtract: ['De', 'Retirer'] }[calculation.kind] ?? [];
      box.replaceChildren(...Array.from({ length: Math.max(count, calculation.parts.length) }, (_, i) => labelled(`fd-calcul-${i}`, names[i] ?? (count === 1 ? 'Quoi' : `Champ ${i + 1}`),
        select([{ value: '', words: 'Choisir…' }, ...fields.map(c => ({ value: c.path, words: c.words }))], calculation.parts[i] ?? '', path => { calculation.parts[i] = path; write(); }))));
    };
    if (!field.expression) {
      calculation = { kind: 'sum', parts: [] };
    }
    draw();
    return el('fieldset', { class: 'fd-part' }, el('legend', {}, 'Calcul'),
      select(kinds, calculation.kind, kind => { calculation = { kind, parts: [], feel: kind === 'formula' ? (field.expression ?? '').replace(/^=/, '') : '' }; draw(); }, { id: 'fd-calcul', 'aria-label': 'Calcul' }),
      box);
  }

  /** A condition on the answer, with what is said about it in both languages. */
  #rule(field, { id, legend, none, some, condition, message, words }) {
    const model = this.#model;
    const feel = (field.properties?.[condition] ?? '').replace(/^\s*=/, '').trim();
    const self = { path: field.key, words: `${model.name(field)} (ce champ)`, type: model.typeOf(field), field };
    const box = el('div', {});
    const draw = (on, text) => box.replaceChildren(...(on
      ? [conditionEditor(`${id}-si`, text, [self, ...model.candidates(field)], written => this.#change(() => model.setProperty(field, condition, written && `=${written}`))),
        this.#propertyPair(field, `${id}-message`, words, message, 2)]
      : []));
    draw(Boolean(feel), feel);
    return el('fieldset', { class: 'fd-part' }, el('legend', {}, legend),
      select([{ value: 'no', words: none }, { value: 'when', words: some }], feel ? 'when' : 'no', mode => {
        if (mode === 'no') {
          const properties = [condition, message, `${message}.${model.language}`].reduce((kept, name) => model.withProperty({ properties: kept }, name, ''), field.properties);
          this.#change(() => model.edit(field, { properties }));
        }
        draw(mode === 'when', '');
      }, { id, 'aria-label': legend }),
      box);
  }

  #place(field) {
    const model = this.#model;
    const within = new Set(model.all([field]));
    const containers = [model.root, ...model.all().filter(other => model.isContainer(other) && !within.has(other))];
    const said = el('p', { class: 'invalid-feedback', role: 'alert' });
    return el('fieldset', { class: 'fd-part' }, el('legend', {}, 'Emplacement'),
      labelled('fd-dans', 'Dans', select(containers.map(other => ({ value: other.id, words: model.name(other) })), field._parent, id => {
        const refused = model.moveInto(field, model.registry.get(id));
        if (refused) {
          said.textContent = refused;
          this.#container.querySelector('#fd-dans').value = field._parent;
        }
      })),
      said);
  }
}

function swap(list, i, j) {
  const copy = [...list];
  [copy[i], copy[j]] = [copy[j], copy[i]];
  return copy;
}
