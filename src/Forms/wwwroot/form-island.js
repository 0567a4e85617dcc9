// Adds to a form drawn by the server: drafts, conditions, rows without a round trip, and help while typing.
// Everything works without this script too; the server judges every answer again.

const AUTOSAVE_AFTER_MS = 3000;
const CONDITIONS_AFTER_MS = 250;

function enhance(root) {
  const prefix = root.dataset.clPrefix ?? "";
  const drafts = root.dataset.clTask ? new DraftKeeper(root, prefix) : null;
  let pendingConditions = 0;

  const changed = () => {
    drafts?.changed();
    if (root.dataset.clConditions) {
      clearTimeout(pendingConditions);
      pendingConditions = setTimeout(() => applyConditions(root, prefix), CONDITIONS_AFTER_MS);
    }
  };

  root.addEventListener("input", changed);
  root.addEventListener("change", (event) => {
    if (event.target.matches("[data-cl-upload]")) {
      upload(root, event.target).then(changed);
    } else {
      tidy(event.target);
      changed();
    }
  });
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-cl-op]");
    if (button && changeRows(root, prefix, button)) {
      event.preventDefault();
      changed();
    }
  });
  root.closest("form")?.addEventListener("submit", () => drafts?.stop());
}

// ---- the answer as JSON, as PostedForm does it on the server ----

function collect(root, prefix) {
  const data = {};
  for (const list of root.querySelectorAll("[data-cl-rows]")) {
    place(data, list.dataset.clRows.slice(prefix.length), []);
  }
  const names = new Map();
  for (const input of root.querySelectorAll("input[name], select[name], textarea[name]")) {
    const name = input.name.slice(prefix.length);
    if (input.type === "file" || name === "_op") {
      continue;
    }
    if (name.endsWith("._row")) {
      place(data, name.slice(0, -5), {});
      continue;
    }
    const kind = input.closest(".cl-field")?.className.match(/cl-field-([a-z-]+)/)?.[1] ?? "text";
    if (input.type === "checkbox") {
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
  for (const [name, value] of names) {
    place(data, name, value);
  }
  return data;
}

function convert(kind, text) {
  if (kind === "number" || kind === "amount") {
    const number = Number(text.replace(/\s/g, "").replace(",", "."));
    return Number.isFinite(number) ? number : text;
  }
  if (kind === "date") {
    return isoDate(text) ?? text;
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

function isoDate(text) {
  const m = text.trim().match(/^(?:(?:(\d{1,2})[/. ])?(\d{1,2})[/. ])?(\d{4})$/);
  return m ? [m[3], m[2], m[1]].filter(Boolean).map((part) => part.padStart(2, "0")).join("-") : null;
}

// ---- conditions: the server evaluates them, with the one FEEL library the answer is judged by ----

async function applyConditions(root, prefix) {
  const answer = await send("POST", `/api/forms/${encodeURIComponent(root.dataset.clForm)}/validate`, {
    data: collect(root, prefix),
    language: "fr",
    version: Number(root.dataset.clVersion),
  });
  if (!answer?.ok) {
    return;
  }
  const { hidden, computed } = await answer.json();
  const gone = new Set(hidden.map((path) => prefix + path));
  for (const field of root.querySelectorAll("[data-cl-path]")) {
    field.hidden = gone.has(field.dataset.clPath);
  }
  for (const output of root.querySelectorAll("[data-cl-computed]")) {
    output.textContent = computed[output.dataset.clComputed.slice(prefix.length)] ?? "";
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
      if (answer?.ok) {
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
    return await fetch(url, {
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

async function upload(root, input) {
  const field = input.closest(".cl-field");
  const label = field.querySelector("[data-cl-file-name]");
  const file = input.files[0];
  if (!file) {
    return;
  }
  label.textContent = `Envoi de ${file.name}…`;
  const body = new FormData();
  body.append("file", file);
  const token = document.querySelector("input[name='__RequestVerificationToken']")?.value;
  try {
    const answer = await fetch("/api/files", { method: "POST", body, headers: token ? { "X-CSRF-TOKEN": token } : {} });
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
    const number = row.querySelector(":scope > legend [data-cl-row-number]");
    if (number) {
      number.textContent = `${title} ${index + 1}`;
    }
    for (const hint of row.querySelectorAll(":scope > .cl-row-actions .visually-hidden")) {
      hint.textContent = ` ${title} ${index + 1}`;
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
      } else if (["name", "value", "data-cl-row", "data-cl-rows", "data-cl-path", "data-cl-computed"].includes(attribute.name)) {
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
