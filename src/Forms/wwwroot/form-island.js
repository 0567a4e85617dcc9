// Adds to a form drawn by the server: rules judged as one types, drafts, rows without a round trip, and help while typing.
// Everything works without this script too; the server judges every answer again.

import { FormRules } from "./rules.js";
import { OTHER, readDate } from "./values.js";

const AUTOSAVE_AFTER_MS = 3000;
const RULES_AFTER_MS = 100;
const RULES_AFTER_MS_AT_MOST = 1000;

// A proxy may show the product below a path; this script is always at the same place within it.
const below = address => new URL(`../..${address}`, import.meta.url);

async function enhance(root) {
  const prefix = root.dataset.clPrefix ?? "";
  reveal(root);
  if (!root.dataset.clRules) {
    return;
  }
  const drafts = root.dataset.clTask ? new DraftKeeper(root, prefix) : null;
  const desk = new RuleDesk(root, prefix);
  let pending = 0;

  const changed = (now) => {
    drafts?.changed();
    clearTimeout(pending);
    // A keystroke is shown first; what follows from it comes with the next pause, or at once when a field is left. Where that takes long, with
    // hundreds of rows, only a longer pause means that nobody waits for it.
    const pause = Math.min(RULES_AFTER_MS_AT_MOST, Math.max(RULES_AFTER_MS, 5 * desk.took));
    pending = setTimeout(() => desk.apply(), now ? 0 : pause);
  };

  root.addEventListener("input", (event) => {
    chooseOther(event.target);
    changed(false);
  });
  root.addEventListener("change", (event) => {
    desk.touch(event.target);
    if (event.target.matches("[data-cl-upload]")) {
      upload(event.target).then(() => changed(true));
    } else {
      tidy(event.target);
      fillInstitution(root, event.target);
      changed(true);
    }
  });
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-cl-op]");
    if (button && changeRows(root, prefix, button)) {
      event.preventDefault();
      changed(true);
    }
    const cover = event.target.closest("[data-cl-show]");
    if (cover) {
      const shown = cover.getAttribute("aria-pressed") !== "true";
      cover.setAttribute("aria-pressed", String(shown));
      cover.firstChild.textContent = shown ? "Masquer" : "Afficher";
      cover.closest(".cl-secret").querySelector("input").classList.toggle("cl-clear", shown);
    }
  });
  for (const cover of root.querySelectorAll("[data-cl-show]")) {
    cover.hidden = false;
  }
  root.closest("form")?.addEventListener("submit", () => drafts?.stop());
  await desk.ready();
}

// ---- the answer as JSON, as PostedForm does it on the server ----

function collect(root, prefix) {
  const data = {};
  for (const list of root.querySelectorAll("[data-cl-rows]")) {
    place(data, list.dataset.clRows.slice(prefix.length), []);
  }
  const names = new Map();
  const others = new Map();
  for (const input of root.querySelectorAll("input[name], select[name], textarea[name]")) {
    const name = input.name.slice(prefix.length);
    if (input.type === "file" || name === "_op") {
      continue;
    }
    if (name.endsWith("._row")) {
      place(data, name.slice(0, -5), {});
      continue;
    }
    const kind = kindOf(input);
    if ("clOther" in input.dataset) {
      others.set(name, input.value.trim());
    } else if (input.type === "checkbox") {
      if (kind === "choices") {
        names.set(name, [...(names.get(name) ?? []), ...(input.checked ? [input.value] : [])]);
      } else {
        names.set(name, input.checked);
      }
    } else if (input.type === "radio") {
      if (input.checked) {
        names.set(name, input.value);
      }
    } else if (input.value !== "") {
      names.set(name, convert(kind, input.value));
    }
  }
  for (const [name, text] of others) {
    const value = names.get(name);
    if (text && value === OTHER) {
      names.set(name, text);
    } else if (text && Array.isArray(value)) {
      names.set(name, value.map((entry) => (entry === OTHER ? text : entry)));
    }
  }
  for (const [name, value] of names) {
    place(data, name, value);
  }
  return data;
}

const kinds = new WeakMap();

function kindOf(input) {
  let kind = kinds.get(input);
  if (!kind) {
    kind = input.closest(".cl-field")?.className.match(/cl-field-([a-z-]+)/)?.[1] ?? "text";
    kinds.set(input, kind);
  }
  return kind;
}

function convert(kind, text) {
  if (kind === "number" || kind === "amount") {
    const number = Number(text.replace(/\s/g, "").replace(",", "."));
    return Number.isFinite(number) ? number : text;
  }
  if (kind === "date") {
    return readDate(text.trim(), true) ?? text;
  }
  if (kind === "file") {
    const bar = text.indexOf("|");
    return bar < 0 ? { id: text, name: text } : { id: text.slice(0, bar), name: text.slice(bar + 1) };
  }
  return text;
}

function place(data, path, value) {
  const steps = [...path.matchAll(/([A-Za-z_][A-Za-z0-9_]*)(?:\[(\d+)\])?/g)].map((m) => [m[1], m[2] === undefined ? null : Number(m[2])]);
  let target = data;
  steps.forEach(([name, row], i) => {
    const last = i === steps.length - 1;
    if (row === null) {
      if (last) {
        target[name] = value;
      } else {
        target = target[name] ??= {};
      }
    } else {
      const rows = (target[name] ??= []);
      rows[row] ??= {};
      target = rows[row];
    }
  });
}

// ---- rules: what is hidden, required, computed or wrong, by the FEEL library the server uses ----

class RuleDesk {
  #root;
  #prefix;
  #rules = null;
  // By element and not by path: rows are renumbered.
  #touched = new WeakSet();
  #noted = new WeakSet();
  // Milliseconds of the last time.
  took = 0;

  constructor(root, prefix) {
    this.#root = root;
    this.#prefix = prefix;
    // Mistakes the server named are followed until they are mended.
    for (const error of root.querySelectorAll(".cl-error")) {
      const field = error.closest("[data-cl-path]");
      if (field) {
        this.#touched.add(field);
        this.#noted.add(field);
      }
    }
  }

  async ready() {
    const fields = JSON.parse(this.#root.dataset.clRules);
    const plain = new FormRules(fields, null);
    // Forms without an expression need no library.
    this.#rules = plain.hasExpressions ? new FormRules(fields, (await import("./lib/feelin.js")).evaluate) : plain;
    this.#root.dataset.clReady = "true";
    this.apply();
  }

  touch(input) {
    const field = input.closest("[data-cl-path]");
    if (field) {
      this.#touched.add(field);
    }
  }

  apply() {
    if (!this.#rules) {
      return;
    }
    const began = performance.now();
    this.#judge();
    this.took = performance.now() - began;
  }

  #judge() {
    const data = collect(this.#root, this.#prefix);
    const conditions = this.#rules.conditions(data, this.#root.dataset.clAction ?? null);
    const { errors, dropped } = this.#rules.judge(data, conditions, today());
    const lost = new Set(dropped.map((path) => this.#prefix + path));
    const wrong = new Map();
    for (const error of errors) {
      const place = this.#prefix + error.path;
      wrong.set(place, [...(wrong.get(place) ?? []), error]);
    }
    for (const field of this.#root.querySelectorAll("[data-cl-path]")) {
      const place = field.dataset.clPath;
      const path = place.slice(this.#prefix.length);
      set(field, "hidden", conditions.hidden.has(path));
      const star = field.querySelector("[data-cl-star]");
      if (star?.closest("[data-cl-path]") === field && star.dataset.clStar !== "always") {
        star.dataset.clStar ||= star.hidden || conditions.required.has(path) ? "sometimes" : "always";
        if (star.dataset.clStar === "sometimes") {
          require(field, star, conditions.required.has(path));
        }
      }
      // What is still empty is said when the form is sent; what ends the matter is said at once.
      const said = (wrong.get(place) ?? []).filter((error) =>
        error.stop || (this.#touched.has(field) && (error.code !== "required" || this.#noted.has(field))));
      if (said.length > 0 || this.#noted.has(field)) {
        tell(field, said.map((error) => error.message));
        this.#noted.add(field);
      }
    }
    for (const note of this.#root.querySelectorAll("[data-cl-dropped]")) {
      set(note, "hidden", !lost.has(note.dataset.clDropped));
    }
    for (const output of this.#root.querySelectorAll("[data-cl-computed]")) {
      const text = words(conditions.computed.get(output.dataset.clComputed.slice(this.#prefix.length)), output.dataset.clCurrency);
      set(output, "textContent", text);
    }
    for (const name of this.#root.querySelectorAll("[data-cl-row-name]")) {
      const row = name.closest("[data-cl-row]");
      const input = row.querySelector(`[name="${CSS.escape(`${row.dataset.clRow}.${name.dataset.clRowName}`)}"]`);
      const value = input instanceof HTMLSelectElement ? input.selectedOptions[0]?.textContent : input?.value;
      set(name, "textContent", input?.value ? ` – ${value}` : "");
    }
  }
}

// Writing what already stands there would cost the browser a layout.
function set(element, property, value) {
  if (element[property] !== value) {
    element[property] = value;
  }
}

function require(field, star, required) {
  set(star, "hidden", !required);
  for (const input of field.querySelectorAll("input[name]:not([type=radio]):not([type=checkbox]):not([data-cl-other]), select, textarea")) {
    if (required) {
      input.setAttribute("aria-required", "true");
    } else {
      input.removeAttribute("aria-required");
    }
  }
}

/** Shows messages at a field, or takes them away. */
function tell(field, messages) {
  const input = field.querySelector("input:not([type=hidden]), select, textarea, output, fieldset, .cl-information");
  if (!input) {
    return;
  }
  const subject = field.querySelector("fieldset") ?? input;
  const id = `${subject.id}-erreur`;
  let box = document.getElementById(id);
  const text = messages.join(" ");
  if ((box?.lastChild?.textContent ?? "") === text) {
    return;
  }
  if (!text) {
    box.remove();
  } else {
    if (!box) {
      box = document.createElement("div");
      box.id = id;
      box.className = "invalid-feedback d-block cl-error";
      const help = document.getElementById(`${subject.id}-aide`);
      help ? help.before(box) : field.append(box);
    }
    const lead = document.createElement("span");
    lead.className = "visually-hidden";
    lead.textContent = "Erreur : ";
    box.replaceChildren(lead, text);
  }
  const described = new Set((subject.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  described[text ? "add" : "delete"](id);
  subject.toggleAttribute("aria-describedby", described.size > 0);
  if (described.size > 0) {
    subject.setAttribute("aria-describedby", [...described].join(" "));
  }
  const own = [...field.querySelectorAll("input, select, textarea")].filter((part) => part.closest("[data-cl-path]") === field && part.type !== "hidden");
  for (const part of own) {
    part.classList.toggle("is-invalid", text !== "");
    if (text) {
      part.setAttribute("aria-invalid", "true");
    } else {
      part.removeAttribute("aria-invalid");
    }
  }
}

function words(value, currency) {
  if (value === null || value === undefined) {
    return "";
  }
  if (typeof value === "number") {
    return currency
      ? value.toLocaleString("fr-FR", { minimumFractionDigits: 2, maximumFractionDigits: 2 }) + "\u00a0" + (currency === "MDL" ? "MDL" : "€")
      : value.toLocaleString("fr-FR", { maximumFractionDigits: 12 });
  }
  if (typeof value === "boolean") {
    return value ? "Oui" : "Non";
  }
  return typeof value === "string" ? (readDate(value, true) === value ? value.split("-").reverse().join("/") : value) : JSON.stringify(value);
}

const today = () => new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Paris" }).format(new Date());

// Writing one's own answer chooses « other ».
function chooseOther(input) {
  if (!("clOther" in input.dataset) || input.value === "") {
    return;
  }
  for (const choice of input.closest("[data-cl-path]").querySelectorAll("select, [type=radio], [type=checkbox]")) {
    if (choice instanceof HTMLSelectElement) {
      choice.value = OTHER;
    } else if (choice.value === OTHER) {
      choice.checked = true;
    }
  }
}

// A code the directory knows brings the name and what else is known, where nothing else was written.
function fillInstitution(root, input) {
  if (!("clInstitution" in input.dataset)) {
    return;
  }
  const known = [...(input.list?.options ?? [])].find((option) => option.value === input.value.trim().toUpperCase());
  if (!known) {
    return;
  }
  for (const [part, value] of [["nom", known.dataset.name], ["pays", known.dataset.country], ["adresse", known.dataset.address]]) {
    const other = root.querySelector(`[name="${CSS.escape(input.name.replace(/[A-Za-z_0-9]+$/, part))}"]`);
    if (other && value && (other.value === "" || part === "nom")) {
      other.value = value;
    }
  }
}

// Covered values of a recorded answer: each look is asked for and noted in the history of the case.
function reveal(root) {
  for (const button of root.querySelectorAll("[data-cl-reveal]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const answer = await send("POST", `/api/forms/answers/${encodeURIComponent(root.dataset.clAnswer)}/reveal`, { path: button.dataset.clReveal });
      const result = await answer?.json().catch(() => null);
      const place = button.closest("dd").querySelector("[data-cl-covered]");
      if (answer?.ok && result) {
        place.textContent = result.value;
        button.remove();
      } else {
        place.textContent = result?.title ?? "La valeur n'a pas pu être lue : rechargez la page et réessayez.";
      }
    });
  }
}

// ---- drafts ----

class DraftKeeper {
  #root;
  #prefix;
  #timer = 0;
  #dirty = false;
  #saving = false;
  #stopped = false;
  #revision;

  constructor(root, prefix) {
    this.#root = root;
    this.#prefix = prefix;
    this.#revision = Number(root.dataset.clRevision ?? 0);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") {
        this.#save(true);
      }
    });
    addEventListener("pagehide", () => this.#save(true));
  }

  changed() {
    this.#dirty = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(false), AUTOSAVE_AFTER_MS);
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #save(leaving) {
    if (!this.#dirty || this.#saving || this.#stopped) {
      return;
    }
    this.#dirty = false;
    this.#saving = true;
    try {
      const answer = await send("PUT", `/taches/${encodeURIComponent(this.#root.dataset.clTask)}/brouillon`, {
        data: collect(this.#root, this.#prefix),
        expectedRevision: this.#revision,
      }, leaving);
      if (answer?.ok && !answer.redirected) {
        this.#revision = (await answer.json()).revision;
        this.#root.dataset.clRevision = this.#revision;
        const known = this.#root.closest("form")?.querySelector("[name='draftRevision']");
        if (known) {
          known.value = this.#revision;
        }
        this.#say(`Brouillon enregistré à ${new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" })}`);
      } else if (answer?.status === 409) {
        const problem = await answer.json().catch(() => ({}));
        this.#stopped = true;
        this.#say(problem.detail ?? problem.message ?? "Une autre personne a modifié ce brouillon : rechargez la page pour voir sa version avant de continuer.");
        if (typeof problem.revision === "number") {
          this.#offer(problem.revision, problem.savedBy ?? "l'autre personne");
        }
      } else if (answer && (answer.redirected || answer.status === 401)) {
        this.#dirty = true;
        this.#say("Votre session est terminée. Reconnectez-vous dans un autre onglet, sans fermer celui-ci : votre saisie y sera enregistrée.");
        this.#timer = setTimeout(() => this.#save(false), 2 * AUTOSAVE_AFTER_MS);
      } else {
        this.#dirty = true;
        this.#say("Le brouillon n'a pas pu être enregistré ; nouvel essai dans quelques secondes.");
        this.#timer = setTimeout(() => this.#save(false), 4 * AUTOSAVE_AFTER_MS);
      }
    } finally {
      this.#saving = false;
    }
    if (this.#dirty && !this.#stopped) {
      this.changed();
    }
  }

  // Two people wrote: the one who is here chooses, and knows that the other text is given up.
  #offer(revision, other) {
    const button = (words, act) => {
      const choice = document.createElement("button");
      choice.type = "button";
      choice.className = "btn btn-outline-primary btn-sm";
      choice.textContent = words;
      choice.addEventListener("click", act);
      return choice;
    };
    const state = this.#root.querySelector("[data-cl-draft-state]");
    state?.append(
      " ",
      button("Garder ma saisie", () => {
        this.#revision = revision;
        this.#stopped = false;
        this.#dirty = true;
        this.#save(false);
      }),
      " ",
      button(`Prendre la saisie de ${other}`, () => {
        // What is typed here is given up on purpose: no question before leaving.
        this.#root.closest("form")?.dispatchEvent(new Event("cleiss:saved"));
        location.reload();
      }),
    );
  }

  #say(text) {
    const state = this.#root.querySelector("[data-cl-draft-state]");
    if (state) {
      state.textContent = text;
    }
  }
}

async function send(method, url, body, keepalive = false) {
  const json = JSON.stringify(body);
  const token = document.querySelector("input[name='__RequestVerificationToken']")?.value;
  try {
    return await fetch(below(url), {
      method,
      body: json,
      // Browsers refuse to keep alive more than 64 kB; a longer draft was saved by the timer before.
      keepalive: keepalive && json.length < 60000,
      headers: { "Content-Type": "application/json", ...(token ? { "X-CSRF-TOKEN": token } : {}) },
    });
  } catch {
    return null;
  }
}

// ---- files ----

async function upload(input) {
  const field = input.closest(".cl-field");
  const label = field.querySelector("[data-cl-file-name]");
  const file = input.files[0];
  if (!file) {
    return;
  }
  label.textContent = `Envoi de ${file.name}…`;
  // A page without an account names its own place for files, and the token that opens it.
  const { clUploads = "/api/files", clToken } = input.closest("form")?.dataset ?? {};
  const body = new FormData();
  body.append("file", file);
  if (clToken) {
    body.append("token", clToken);
  }
  const token = document.querySelector("input[name='__RequestVerificationToken']")?.value;
  try {
    const answer = await fetch(below(clUploads), { method: "POST", body, headers: token ? { "X-CSRF-TOKEN": token } : {} });
    const result = await answer.json();
    if (!answer.ok) {
      throw new Error([result.title, result.detail].filter(Boolean).join(" ") || "Le fichier a été refusé.");
    }
    field.querySelector("[data-cl-file-value]").value = `${result.id}|${result.name ?? file.name}`;
    label.textContent = `Fichier joint : ${result.name ?? file.name}`;
    // Already stored: posting it again with the page would store it twice.
    input.value = "";
  } catch (problem) {
    label.textContent = problem instanceof TypeError ? "Le fichier n'a pas pu être envoyé : vérifiez la connexion et choisissez-le de nouveau." : problem.message;
  }
}

// ---- rows ----

function changeRows(root, prefix, button) {
  const [verb, path] = [button.value.slice(0, button.value.indexOf(":")), button.value.slice(button.value.indexOf(":") + 1)];
  const box = button.closest("[data-cl-rows]");
  const list = box?.querySelector(":scope > [data-cl-row-list]");
  if (!list) {
    return false;
  }
  if (verb === "add") {
    const template = box.querySelector(":scope > [data-cl-row-template]");
    const copy = template.content.cloneNode(true);
    list.append(copy);
    renumber(box, list);
    list.lastElementChild.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    return true;
  }
  const row = [...list.children].find((element) => element.dataset.clRow === path);
  if (!row) {
    return false;
  }
  if (verb === "remove") {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next?.querySelector("input:not([type=hidden]), select") ?? box.querySelector(":scope > .cl-row-add"))?.focus();
  } else if (verb === "up" && row.previousElementSibling) {
    row.previousElementSibling.before(row);
    button.focus();
  } else if (verb === "down" && row.nextElementSibling) {
    row.nextElementSibling.after(row);
    button.focus();
  }
  renumber(box, list);
  return true;
}

function renumber(box, list) {
  [...list.children].forEach((row, index) => {
    const from = row.dataset.clRow;
    const to = `${box.dataset.clRows}[${index}]`;
    const title = box.dataset.clRowTitle;
    const own = (element) => element.closest("[data-cl-row]") === row;
    for (const number of [...row.querySelectorAll("[data-cl-row-index]")].filter(own)) {
      set(number, "textContent", String(index + 1));
    }
    for (const hint of [...row.querySelectorAll("[data-cl-row-words]")].filter(own)) {
      set(hint, "textContent", ` ${title} ${index + 1}`);
    }
    if (from !== to) {
      rename(row, from, to);
    }
  });
}

function rename(element, from, to) {
  const plain = (text) => text.replace(/[^A-Za-z0-9_]/g, "-");
  const [fromId, toId] = [`f-${plain(from)}`, `f-${plain(to)}`];
  const visit = (node) => {
    for (const attribute of [...node.attributes]) {
      let value = attribute.value;
      if (["id", "for", "aria-describedby", "aria-labelledby", "list"].includes(attribute.name)) {
        value = value.split(" ").map((id) => (id.startsWith(fromId) ? toId + id.slice(fromId.length) : id)).join(" ");
      } else if (["name", "value", "data-cl-row", "data-cl-rows", "data-cl-path", "data-cl-computed", "data-cl-dropped"].includes(attribute.name)) {
        if (attribute.name !== "value" || node.matches("[data-cl-op]")) {
          const colon = attribute.name === "value" ? value.indexOf(":") + 1 : 0;
          if (value.startsWith(from, colon)) {
            value = value.slice(0, colon) + to + value.slice(colon + from.length);
          }
        }
      }
      if (value !== attribute.value) {
        node.setAttribute(attribute.name, value);
      }
    }
    for (const child of node.children) {
      visit(child);
    }
    if (node instanceof HTMLTemplateElement) {
      for (const child of node.content.children) {
        visit(child);
      }
    }
  };
  visit(element);
}

// ---- help while typing ----

function tidy(input) {
  switch (input.dataset?.clFormat) {
    case "date": {
      const digits = input.value.trim();
      if (/^\d{8}$/.test(digits)) {
        input.value = `${digits.slice(0, 2)}/${digits.slice(2, 4)}/${digits.slice(4)}`;
      } else {
        const iso = digits.match(/^(\d{4})-(\d{2})-(\d{2})$/);
        if (iso) {
          input.value = `${iso[3]}/${iso[2]}/${iso[1]}`;
        }
      }
      break;
    }
    case "nir":
      input.value = group(input.value, [1, 2, 2, 2, 3, 3, 2]);
      break;
    case "iban":
      input.value = group(input.value, [4, 4, 4, 4, 4, 4, 4, 4, 4]);
      break;
  }
}

function group(text, lengths) {
  const compact = text.replace(/[^0-9A-Za-z]/g, "").toUpperCase();
  const parts = [];
  let at = 0;
  for (const length of lengths) {
    if (at < compact.length) {
      parts.push(compact.slice(at, at + length));
      at += length;
    }
  }
  return parts.join(" ") + (at < compact.length ? compact.slice(at) : "");
}

// Last, so that the class above exists.
for (const form of document.querySelectorAll("[data-cl-form]")) {
  enhance(form);
}

const summary = document.querySelector("[data-cl-error-summary]");
if (summary) {
  summary.focus();
}
