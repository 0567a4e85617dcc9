// What the server judges, judged as one types: conditions by the same FEEL library, values by the same rules and codes as
// Validation/FormValidator. The table in tests/Forms.Tests/rules.json holds both to the same results. The server's word is final.

import { readValue, judgeBlock, isEmpty, dateRange } from "./values.js";

const MOST_PASSES = 8;
const MOST_ROWS = 500;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/g;

/** Rules of one form. `feel` is the library's evaluate(expression, context). */
export class FormRules {
  #fields;
  #feel;
  #memory = new Map();
  #names = new Map();

  constructor(fields, feel) {
    this.#fields = fields;
    this.#feel = feel;
    this.hasExpressions = some(fields, (field) => field.hideWhen || field.requiredWhen || field.expression || field.rules);
  }

  /** {hidden, required: Set of paths, computed: Map, broken: Map of rules by path} */
  conditions(data, action = null) {
    let result = nothing();
    if (!this.hasExpressions) {
      return result;
    }
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      const next = this.#once(data, without(this.#fields, data, "", result), action);
      if (same(next, result)) {
        return next;
      }
      result = next;
    }
    return result;
  }

  /** All mistakes: [{path, code, message, stop}]; `dropped`: paths of values that hidden fields still hold. */
  judge(data, conditions, today) {
    const pass = new Judgement(conditions, today);
    pass.level(this.#fields, data, "");
    return { errors: pass.errors, dropped: pass.dropped };
  }

  #once(data, seen, action) {
    const result = nothing();
    this.#collect(this.#fields, data, seen, "", { root: seen, row: null, parent: null, index: 0, action }, result);
    return result;
  }

  #collect(fields, data, seen, at, scope, result) {
    for (const field of fields) {
      const path = join(at, field.name);
      if (field.hideWhen && this.#value(field.hideWhen, scope) === true) {
        result.hidden.add(path);
      }
      if (field.requiredWhen && this.#value(field.requiredWhen, scope) === true) {
        result.required.add(path);
      }
      if (field.expression) {
        result.computed.set(path, this.#value(field.expression, scope));
      }
      for (const rule of field.rules ?? []) {
        if (this.#value(rule.feel, scope) === rule.stop) {
          result.broken.set(path, [...(result.broken.get(path) ?? []), rule]);
        }
      }
      if (field.shape === "group") {
        this.#collect(
          field.fields ?? [],
          field.loose ? data : objectOf(data[field.name]),
          field.loose ? seen : objectOf(seen[field.name]),
          field.loose ? at : path,
          scope,
          result,
        );
      } else if (field.shape === "rows" && Array.isArray(data[field.name])) {
        data[field.name].slice(0, MOST_ROWS).forEach((row, index) => {
          const seenRow = objectOf(seen[field.name]?.[index]);
          this.#collect(field.fields ?? [], objectOf(row), seenRow, `${path}[${index}]`, { ...scope, row: seenRow, parent: seen, index: index + 1 }, result);
        });
      }
    }
  }

  // An expression gives the same for the same values of the names it mentions, so only what a keystroke touches is evaluated again.
  #value(expression, scope) {
    let names = this.#names.get(expression);
    if (!names) {
      names = [...new Set(expression.match(WORD) ?? [])];
      this.#names.set(expression, names);
    }
    const context = {};
    for (const name of names) {
      const value = look(name, scope);
      if (value !== undefined) {
        context[name] = value;
      }
    }
    const key = expression + "\n" + JSON.stringify(context);
    if (this.#memory.has(key)) {
      return this.#memory.get(key);
    }
    let value = null;
    try {
      value = plain(this.#feel(expression, context).value);
    } catch {
      // As on the server: what cannot be evaluated is null.
    }
    if (this.#memory.size > 20000) {
      this.#memory.clear();
    }
    this.#memory.set(key, value);
    return value;
  }
}

// In a row its own fields hide those of the form; `this` is the row, `parent` what surrounds it, `i` its number.
function look(name, { root, row, parent, index, action }) {
  switch (name) {
    case "this":
      return row ?? root;
    case "action":
      return action;
    case "parent":
      return row ? parent : root.parent;
    case "i":
      return row ? index : root.i;
    default:
      return row && Object.hasOwn(row, name) ? row[name] : Object.hasOwn(root, name) ? root[name] : undefined;
  }
}

// FEEL's dates, times and durations as their ISO text, as the script host answers them.
function plain(value) {
  if (value === null || value === undefined || typeof value === "function") {
    return null;
  }
  if (typeof value === "number") {
    return Number.isFinite(value) ? value : null;
  }
  if (typeof value !== "object") {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (typeof value.iso === "string") {
    return value.iso;
  }
  return Object.getPrototypeOf(value) === Object.prototype ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)])) : null;
}

/** The data as conditions see it: without what is hidden, with what is computed. Copies only what it changes the surroundings of. */
function without(fields, data, at, conditions) {
  const copy = { ...data };
  for (const field of fields) {
    const path = join(at, field.name);
    if (field.shape === "group" && field.loose) {
      if (conditions.hidden.has(path)) {
        remove(field.fields ?? [], copy);
      } else {
        const inner = without(field.fields ?? [], copy, at, conditions);
        for (const name of Object.keys(copy)) {
          if (!Object.hasOwn(inner, name)) {
            delete copy[name];
          }
        }
        Object.assign(copy, inner);
      }
    } else if (conditions.hidden.has(path)) {
      delete copy[field.name];
    } else if (conditions.computed.has(path)) {
      copy[field.name] = conditions.computed.get(path);
    } else if (field.shape === "group" && isObject(copy[field.name])) {
      copy[field.name] = without(field.fields ?? [], copy[field.name], path, conditions);
    } else if (field.shape === "rows" && Array.isArray(copy[field.name])) {
      copy[field.name] = copy[field.name].map((row, index) =>
        isObject(row) && index < MOST_ROWS ? without(field.fields ?? [], row, `${path}[${index}]`, conditions) : row);
    }
  }
  return copy;
}

function remove(fields, target) {
  for (const field of fields) {
    if (field.loose) {
      remove(field.fields ?? [], target);
    } else {
      delete target[field.name];
    }
  }
}

class Judgement {
  errors = [];
  dropped = [];
  #conditions;
  #today;
  #faulty = new Set();

  constructor(conditions, today) {
    this.#conditions = conditions;
    this.#today = today;
  }

  /** Judges one object; gives what is known of it once read. */
  level(fields, data, at) {
    const read = {};
    const known = new Set();
    this.#fields(fields, data, read, at, known);
    for (const name of Object.keys(data)) {
      if (!known.has(name)) {
        this.#add(join(at, name.length > 60 ? name.slice(0, 60) + "…" : name), "unknown-field", "Le formulaire n'a pas ce champ.");
      }
    }
    return read;
  }

  #fields(fields, data, read, at, known) {
    for (const field of fields) {
      const path = join(at, field.name);
      if (field.shape === "text") {
        if (!this.#conditions.hidden.has(path)) {
          this.#addBroken(path);
        }
      } else if (this.#conditions.hidden.has(path)) {
        this.#drop(field, data, at, known);
      } else if (field.shape === "group" && field.loose) {
        this.#fields(field.fields ?? [], data, read, at, known);
        this.#addBroken(path);
      } else {
        known.add(field.name);
        this.#field(field, data[field.name] ?? null, read, path);
        this.#addBroken(path);
      }
    }
    this.#siblings(fields, read, at);
  }

  #drop(field, data, at, known) {
    if (field.loose) {
      for (const child of field.fields ?? []) {
        this.#drop(child, data, at, known);
      }
      return;
    }
    known.add(field.name);
    if (Object.hasOwn(data, field.name) && !isEmpty(field, data[field.name])) {
      this.dropped.push(join(at, field.name));
    }
  }

  #field(field, value, read, path) {
    if (field.expression) {
      read[field.name] = this.#conditions.computed.get(path) ?? null;
    } else if (field.shape === "group") {
      this.#group(field, value, read, path);
    } else if (field.shape === "rows") {
      this.#rows(field, value, read, path);
    } else if (isEmpty(field, value)) {
      if (this.#isRequired(field, path)) {
        this.#add(path, "required", requiredWords(field));
      }
    } else {
      const { code, message, value: tidy } = readValue(field, value);
      if (code) {
        this.#add(path, code, message);
        read[field.name] = value;
      } else {
        read[field.name] = tidy;
      }
    }
  }

  #group(field, value, read, path) {
    if (value !== null && !isObject(value)) {
      this.#add(path, "object", "Cette partie doit contenir des champs.");
      return;
    }
    if (field.block && !this.#isRequired(field, path) && isEmpty(field, value)) {
      return;
    }
    const before = this.errors.length;
    const inner = this.level(field.fields ?? [], value ?? {}, path);
    const fault = this.errors.length === before && field.block ? judgeBlock(field, inner) : null;
    if (fault) {
      this.#add(fault.part && field.fields.some((child) => child.name === fault.part) ? join(path, fault.part) : path, fault.code, fault.message);
    }
    read[field.name] = inner;
  }

  #rows(field, value, read, path) {
    const rows = (read[field.name] = []);
    if (value !== null && !Array.isArray(value)) {
      this.#add(path, "array", "Cette partie doit être une liste de lignes.");
      return;
    }
    const given = value ?? [];
    const count = (text, otherwise) => (/^[0-9]+$/.test(text ?? "") ? Number(text) : otherwise);
    const least = count(field["rows.min"], field.required ? 1 : 0);
    const minimum = this.#isRequired(field, path) ? Math.max(1, least) : least;
    if (given.length < minimum) {
      this.#add(path, "rows-min", minimum === 1 ? `Ajoutez au moins une ligne à « ${field.label} ».` : `Ajoutez des lignes à « ${field.label} » : il en faut au moins ${minimum}.`);
    }
    const maximum = Math.min(count(field["rows.max"], MOST_ROWS), MOST_ROWS);
    if (given.length > maximum) {
      this.#add(path, "rows-max", `Retirez des lignes de « ${field.label} » : ${maximum} au plus, il y en a ${given.length}.`);
      return;
    }
    given.forEach((row, index) => {
      if (row === null || row === undefined || isObject(row)) {
        rows.push(this.level(field.fields ?? [], row ?? {}, `${path}[${index}]`));
      } else {
        rows.push({});
        this.#add(`${path}[${index}]`, "object", "Cette ligne doit contenir des champs.");
      }
    });
    this.#overlap(field, rows, path);
  }

  #siblings(fields, read, at) {
    for (const field of fields) {
      const path = join(at, field.name);
      const date = field.type === "date" && !this.#faulty.has(path) ? dateRange(read[field.name]) : null;
      if (!date) {
        continue;
      }
      const bound = (text) => (text === "today" ? { first: this.#today, last: this.#today } : dateRange(text));
      const [min, max] = [bound(field["date.min"]), bound(field["date.max"])];
      if (min && date.last < min.first) {
        this.#add(path, "date-min", `Cette date doit être le ${french(min.first)} ou plus tard : corrigez-la.`);
      } else if (max && date.first > max.last) {
        this.#add(path, "date-max", `Cette date doit être le ${french(max.last)} ou plus tôt : corrigez-la.`);
      }
      const start = field["rule.not-before"] ? dateRange(read[field["rule.not-before"]]) : null;
      if (start && date.last < start.first) {
        const other = find(fields, (candidate) => candidate.name === field["rule.not-before"]);
        this.#add(path, "end-before-start", `Cette date précède « ${other?.label ?? field["rule.not-before"]} » : corrigez l'une des deux.`);
      }
    }
  }

  #overlap(field, rows, path) {
    const [from, to] = (field["rule.no-overlap"] ?? "").split(",").map((name) => name.trim());
    if (!from || !to) {
      return;
    }
    const periods = [];
    rows.forEach((row, index) => {
      const start = dateRange(row[from]);
      if (start) {
        // Of dates known in part only what is certain counts: no false alarm.
        periods.push({ index, first: start.last, last: dateRange(row[to])?.first ?? "9999-12-31" });
      }
    });
    for (const later of periods) {
      const earlier = periods.find((p) => p.index < later.index && p.first <= later.last && later.first <= p.last);
      if (earlier && later.first <= later.last) {
        this.#add(`${path}[${later.index}].${from}`, "overlap", `Cette période chevauche celle de la ligne ${earlier.index + 1} : corrigez les dates de l'une ou de l'autre.`);
      }
    }
  }

  #isRequired(field, path) {
    return field.required === true || this.#conditions.required.has(path);
  }

  #addBroken(path) {
    if (!this.#faulty.has(path)) {
      for (const rule of this.#conditions.broken.get(path) ?? []) {
        this.#add(path, rule.stop ? "not-eligible" : "check", rule.message, rule.stop);
      }
    }
  }

  #add(path, code, message, stop = false) {
    this.#faulty.add(path);
    this.errors.push({ path, code, message, stop });
  }
}

function requiredWords(field) {
  if (field.type === "checkbox") {
    return `Cochez « ${field.label} » pour continuer.`;
  }
  if (["choice", "radio", "yes-no", "choices", "country", "nationality", "language"].includes(field.type)) {
    return `Choisissez une réponse pour « ${field.label} ».`;
  }
  return field.type === "file" ? `Joignez un fichier à « ${field.label} ».` : `Renseignez « ${field.label} ».`;
}

const nothing = () => ({ hidden: new Set(), required: new Set(), computed: new Map(), broken: new Map() });

const join = (at, name) => (at === "" ? name : `${at}.${name}`);

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

const objectOf = (value) => (isObject(value) ? value : {});

const french = (iso) => iso.split("-").reverse().join("/");

const find = (fields, is) => {
  for (const field of fields) {
    const found = is(field) ? field : find(field.fields ?? [], is);
    if (found) {
      return found;
    }
  }
  return null;
};

const some = (fields, is) => find(fields, is) !== null;

const sameSet = (a, b) => a.size === b.size && [...a].every((entry) => b.has(entry));

const same = (a, b) =>
  sameSet(a.hidden, b.hidden) && sameSet(a.required, b.required) && a.computed.size === b.computed.size
  && [...a.computed].every(([path, value]) => b.computed.has(path) && JSON.stringify(b.computed.get(path)) === JSON.stringify(value));
