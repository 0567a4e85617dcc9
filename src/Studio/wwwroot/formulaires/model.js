// What the designer knows of a form beyond form-js: our kinds of fields, names, places.

import { keyFrom } from './dom.js';
import { renameIn } from './feel.js';

export class Model {
  constructor(editor, vocabulary) {
    this.editor = editor;
    this.vocabulary = vocabulary;
    this.modeling = editor.get('modeling');
    this.registry = editor.get('formFieldRegistry');
    const model = this;
    const stack = editor.get('commandStack');
    // Commands of several steps that are undone as one.
    stack.registerHandler('cleiss.addTree', class {
      preExecute(context) {
        context.added = model.#addTree(context.attributes, context.parent, context.index);
      }
    });
    // form-js takes a new field's name when it makes the field, and keeps it taken when the adding is undone: it comes free here.
    stack.registerHandler('cleiss.claim', class {
      execute(context) {
        if (context.released) {
          model.#claims(context.field, (paths, path, options) => paths.claimPath(path, options));
        }
        return [];
      }
      revert(context) {
        context.released = true;
        model.#claims(context.field, (paths, path) => paths.unclaimPath(path));
        return [];
      }
    });
    stack.registerHandler('cleiss.edits', class {
      preExecute({ edits }) {
        edits.forEach(([field, changes]) => model.modeling.editFormField(field, changes));
      }
    });
  }

  get root() {
    return this.editor._getState().schema;
  }

  get language() {
    return this.root.properties?.['cleiss.partner.language'] || null;
  }

  typeOf(field) {
    const name = field.properties?.['cleiss.type'];
    return this.vocabulary.types.find(type => name ? type.name === name : type.plain && type.formJsType === field.type) ?? null;
  }

  parentOf(field) {
    return this.registry.get(field._parent);
  }

  isContainer(field) {
    return field.type === 'default' || ['group', 'rows'].includes(this.typeOf(field)?.shape);
  }

  labelName(field) {
    return { text: 'text', datetime: 'dateLabel' }[field.type] ?? 'label';
  }

  label(field) {
    return field[this.labelName(field)] ?? '';
  }

  /** How people recognise it, also while it has no label. */
  name(field) {
    if (field.type === 'default') {
      return 'Premier niveau du formulaire';
    }
    const label = this.label(field).trim();
    const text = label.length > 60 ? `${label.slice(0, 59)}…` : label;
    return text || `${this.typeOf(field)?.words ?? field.type} sans libellé`;
  }

  keyName(field) {
    const shape = this.typeOf(field)?.shape;
    return shape === 'value' ? 'key' : shape === 'group' || shape === 'rows' ? 'path' : null;
  }

  all(list = this.root.components) {
    return list.flatMap(field => [field, ...this.all(field.components ?? [])]);
  }

  /** Keys that compete with each other: sections without a path keep their fields in the surrounding object. */
  keysBeside(parent, except) {
    let home = parent;
    while (home.type === 'group' && !home.path && home._parent) {
      home = this.parentOf(home);
    }
    const collect = list => list.flatMap(field => {
      const own = this.keyName(field) && field !== except ? [field[this.keyName(field)]] : [];
      return field.type === 'group' && !field.path ? collect(field.components ?? []) : own;
    });
    return new Set(collect(home.components ?? []).filter(Boolean));
  }

  freeKey(wanted, parent, except) {
    const taken = this.keysBeside(parent, except);
    const stem = wanted || 'champ';
    let key = stem;
    for (let i = wanted ? 2 : 1; !wanted && i === 1 || taken.has(key) || this.vocabulary.reserved.includes(key); i++) {
      key = `${stem}${i}`;
    }
    return key;
  }

  /** A new field of a kind at a place, with the parts a block needs. */
  add(type, parent, index) {
    const context = { attributes: this.#fresh(type, ''), parent, index, added: null };
    this.editor.get('commandStack').execute('cleiss.addTree', context);
    return context.added;
  }

  #fresh(type, words, key = null) {
    const attributes = { type: type.formJsType, [this.labelName({ type: type.formJsType })]: words, properties: { 'cleiss.type': type.name } };
    if (type.formJsType === 'datetime') {
      attributes.subtype = 'date';
    }
    if (type.name === 'yes-no') {
      attributes.values = [{ label: 'Oui', value: 'oui' }, { label: 'Non', value: 'non' }];
    } else if (type.hasChoices) {
      attributes.values = [];
    }
    if (key !== null) {
      attributes[type.shape === 'value' ? 'key' : 'path'] = key;
    }
    if (type.shape === 'group' || type.shape === 'rows') {
      attributes.components = type.parts.map(part => this.#fresh(this.vocabulary.types.find(t => t.name === part.type), part.words, part.key));
    }
    return attributes;
  }

  /** A copy beside the original, its parts included. */
  duplicate(field) {
    const parent = this.parentOf(field);
    const copy = JSON.parse(JSON.stringify(field, (name, value) => ['_parent', '_path', 'id', 'layout'].includes(name) ? undefined : value));
    const keyName = this.keyName(field);
    if (keyName && copy[keyName]) {
      copy[keyName] = this.freeKey(copy[keyName], parent, null);
    }
    const context = { attributes: copy, parent, index: parent.components.indexOf(field) + 1, added: null };
    this.editor.get('commandStack').execute('cleiss.addTree', context);
    return context.added;
  }

  #addTree(attributes, parent, index) {
    const { components, ...own } = attributes;
    const type = this.vocabulary.types.find(t => t.name === own.properties?.['cleiss.type']) ?? this.typeOf(own);
    const keyName = this.keyName(own);
    if (keyName && (type.shape !== 'group' || type.own || own[keyName])) {
      own[keyName] = own[keyName] ? this.freeKey(own[keyName], parent, null) : this.freeKey('', parent, null);
    }
    const added = this.modeling.addFormField(
      { ...own, ...(components ? { components: [] } : {}), _parent: parent.id, layout: { row: this.editor.get('formLayouter').nextRowId(), columns: null } }, parent, index);
    this.editor.get('commandStack').execute('cleiss.claim', { field: added });
    (components ?? []).forEach((part, i) => this.#addTree(part, added, i));
    return added;
  }

  #claims(field, act) {
    const paths = this.editor.get('pathRegistry');
    paths.executeRecursivelyOnFields(field, ({ field: own, isClosed, isRepeatable }) =>
      act(paths, paths.getValuePath(own), { isClosed, isRepeatable, claimerId: own.id }));
  }

  remove(field) {
    const parent = this.parentOf(field);
    this.modeling.removeFormField(field, parent, parent.components.indexOf(field));
  }

  /** One place up or down among its neighbours. */
  shift(field, by) {
    const parent = this.parentOf(field);
    const from = parent.components.indexOf(field);
    const to = from + by;
    if (to < 0 || to >= parent.components.length) {
      return false;
    }
    this.#move(field, parent, parent, from, by > 0 ? to + 1 : to);
    return true;
  }

  /** Into another container; a sentence when its name is taken there. */
  moveInto(field, target) {
    const parent = this.parentOf(field);
    const keyName = this.keyName(field);
    if (keyName && this.keysBeside(target, field).has(field[keyName])) {
      return `« ${this.name(target)} » a déjà un champ de nom technique « ${field[keyName]} ». Changez d'abord l'un des deux noms.`;
    }
    this.#move(field, parent, target, parent.components.indexOf(field), target.components.length);
    return null;
  }

  #move(field, source, target, from, to) {
    this.modeling.moveFormField(field, source, target, from, to, this.editor.get('formLayouter').getRowForField(field), null);
  }

  edit(field, changes) {
    this.modeling.editFormField(field, changes);
  }

  setProperty(field, name, value) {
    this.edit(field, { properties: this.withProperty(field, name, value) });
  }

  withProperty(field, name, value) {
    const properties = { ...field.properties };
    if (value === '' || value === null || value === undefined) {
      delete properties[name];
    } else {
      properties[name] = value;
    }
    return properties;
  }

  /** A new technical name, in every condition and calculation that uses it too; a sentence when it cannot be. */
  rename(field, wanted, extra = {}) {
    const keyName = this.keyName(field);
    const old = field[keyName] ?? '';
    if (wanted === old) {
      return null;
    }
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(wanted)) {
      return 'Lettres sans accent, chiffres et « _ » seulement, sans chiffre au début.';
    }
    if (this.vocabulary.reserved.includes(wanted)) {
      return `« ${wanted} » a un sens réservé dans les conditions : choisissez un autre nom.`;
    }
    if (this.keysBeside(this.parentOf(field), field).has(wanted)) {
      return `Un autre champ s'appelle déjà « ${wanted} ».`;
    }
    const edits = [[field, { [keyName]: wanted, ...extra }]];
    if (old) {
      edits.push(...this.#mentions(old, wanted, field, extra));
    }
    this.editor.get('commandStack').execute('cleiss.edits', { edits });
    return null;
  }

  #mentions(old, wanted, renamed, extra) {
    const edits = [];
    for (const field of [this.root, ...this.all()]) {
      const changes = {};
      const hide = field.conditional?.hide;
      if (hide && renameIn(hide, old, wanted) !== hide) {
        changes.conditional = { ...field.conditional, hide: renameIn(hide, old, wanted) };
      }
      if (field.expression && renameIn(field.expression, old, wanted) !== field.expression) {
        changes.expression = renameIn(field.expression, old, wanted);
      }
      const properties = (field === renamed ? extra.properties : null) ?? field.properties ?? {};
      const changed = Object.fromEntries(Object.entries(properties).map(([name, value]) =>
        [name, /^cleiss\.(required\.when|rule\.|check(\.\d)?$|stop\.(\d\.)?when|flow\.visible)/.test(name) ? renameIn(value, old, wanted) : value]));
      if (JSON.stringify(changed) !== JSON.stringify(properties)) {
        changes.properties = changed;
      }
      if (Object.keys(changes).length > 0) {
        edits.push([field, changes]);
      }
    }
    return edits;
  }

  isAutomaticKey(field) {
    return /^champ\d+$/.test(field[this.keyName(field)] ?? '');
  }

  /** The technical name follows the first label one writes. */
  nameAfterLabel(field) {
    const keyName = this.keyName(field);
    if (keyName && field[keyName] && this.isAutomaticKey(field) && keyFrom(this.label(field))) {
      this.rename(field, this.freeKey(keyFrom(this.label(field)), this.parentOf(field), field));
    }
  }

  /** What a condition at this field may look at: { path, words, type, field }. */
  candidates(at) {
    const inside = new Set();
    for (let field = at; field && field.type !== 'default'; field = this.parentOf(field)) {
      inside.add(field);
    }
    const found = [];
    const visit = (list, prefix, place) => {
      for (const field of list) {
        const type = this.typeOf(field);
        if (!type || type.shape === 'text') {
          continue;
        }
        const words = place ? `${place} › ${this.name(field)}` : this.name(field);
        const path = [prefix, field[this.keyName(field)]].filter(Boolean).join('.');
        if (type.shape === 'group') {
          visit(field.components ?? [], path, words);
        } else if (type.shape === 'rows') {
          found.push({ path, words, type, field });
          if (inside.has(field)) {
            visit(field.components ?? [], '', `${words} (cette ligne)`);
          }
        } else if (field !== at) {
          found.push({ path, words, type, field });
        }
      }
    };
    visit(this.root.components, '', '');
    return found;
  }

  /** Columns of repeatable groups, for sums. */
  columns() {
    return this.candidates(this.root).filter(candidate => candidate.type.shape === 'rows').flatMap(rows =>
      this.all(rows.field.components ?? []).filter(field => this.parentOf(field) === rows.field && ['number', 'amount', 'computed'].includes(this.typeOf(field)?.name))
        .map(field => ({ path: `${rows.path}.${field.key}`, words: `${rows.words} › ${this.name(field)}`, type: this.typeOf(field), field })));
  }
}
