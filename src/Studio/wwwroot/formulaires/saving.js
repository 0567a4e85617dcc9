// Keeps the draft on the server while one designs, and never lets two people overwrite each other unseen.

import { el, later, send } from './dom.js';

const PAUSE = 1200;
const RETRY = 8000;

export class DraftKeeper {
  #page;
  #key;
  #hooks;
  #base;
  #revision = 0;
  #saving = null;
  #stopped = false;
  #save;

  /** @param hooks read(): the schema as it is; load(draft): shows another text; saved(draft): something was kept. */
  constructor(page, key, hooks) {
    this.#page = page;
    this.#key = key;
    this.#hooks = hooks;
    this.#save = later(() => this.#now(), PAUSE);
    page.addEventListener('fd:sample', () => this.#takeSample());
    addEventListener('beforeunload', event => {
      if (this.#save.pending() || this.#saving) {
        event.preventDefault();
      }
    });
    document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' ? this.#save.flush() : this.#look());
  }

  /** The text as the server last told it, with what is missing in it. */
  get draft() {
    return this.#base;
  }

  starts(draft) {
    this.#base = draft;
    this.#revision = draft.revision;
    this.#stopped = false;
  }

  changed() {
    if (!this.#stopped) {
      this.say('Modifications en cours…');
      this.#save();
    }
  }

  /** True once everything is kept. */
  async flush() {
    this.#hooks.read();
    this.#save.flush();
    await this.#saving;
    return !this.#stopped && !this.#save.pending();
  }

  say(words) {
    this.#page.querySelector('[data-fd-status]').textContent = words;
  }

  warn(title, detail) {
    this.#page.querySelector('[data-fd-notices]').replaceChildren(el('div', { class: 'note bad', role: 'alert' }, el('h2', {}, title), detail && el('p', {}, detail)));
  }

  #now() {
    this.#saving = (this.#saving ?? Promise.resolve()).then(() => this.#put()).finally(() => { this.#saving = null; });
    return this.#saving;
  }

  async #put() {
    if (this.#stopped) {
      return;
    }
    const schema = this.#hooks.read();
    this.say('Enregistrement…');
    let answer;
    try {
      answer = await send('PUT', `/api/forms/${this.#key}`, { schema, sample: this.#base.sample, expectedRevision: this.#revision });
    } catch {
      answer = { ok: false, status: 0, json: null };
    }
    if (answer.ok) {
      this.#base = answer.json;
      this.#revision = answer.json.revision;
      this.say(`Brouillon enregistré à ${new Date().toLocaleTimeString('fr-FR', { hour: '2-digit', minute: '2-digit' })}`);
      this.#hooks.saved(answer.json);
    } else if (answer.status === 409) {
      this.#stopped = true;
      await this.#settle(schema, answer.json);
    } else if (answer.status >= 400 && answer.status < 500) {
      this.warn(answer.json?.title ?? 'Le brouillon n\'a pas pu être enregistré.', [answer.json?.detail, ...(answer.json?.problems ?? []).map(problem => problem.message)].filter(Boolean).join(' '));
      this.say('Non enregistré');
    } else {
      this.say('Le brouillon n\'a pas pu être enregistré ; nouvel essai dans quelques secondes.');
      setTimeout(() => this.#save(), RETRY);
    }
  }

  // Somebody else may have worked while this window was away.
  async #look() {
    if (this.#save.pending() || this.#saving || this.#stopped) {
      return;
    }
    const answer = await send('GET', `/api/forms/${this.#key}/draft`).catch(() => null);
    if (answer?.ok && (answer.json.revision !== this.#revision || answer.json.version !== this.#base.version) && !this.#save.pending()) {
      await this.#hooks.load(answer.json);
      this.say(`Texte de ${answer.json.savedBy} chargé : il est plus récent.`);
    }
  }

  // The preview kept what was typed into it as the form's sample.
  async #takeSample() {
    const answer = await send('GET', `/api/forms/${this.#key}/draft`);
    if (answer.ok) {
      this.#base = { ...this.#base, sample: answer.json.sample, version: answer.json.version, state: answer.json.state };
      this.#revision = answer.json.revision;
      this.say('Exemple enregistré avec le formulaire.');
    }
  }

  /** Both texts are shown by what changed; the one that gives way is kept aside. */
  async #settle(mine, conflict) {
    const theirs = (await send('GET', `/api/forms/${this.#key}/draft`)).json;
    // Only the sample changed, in the preview of this very page perhaps: that is no text to choose between.
    if (JSON.stringify(theirs.schema) === JSON.stringify(this.#base.schema)) {
      this.#stopped = false;
      this.#base = theirs;
      this.#revision = theirs.revision;
      await this.#put();
      return;
    }
    const from = { schema: this.#base.schema, sample: this.#base.sample };
    const compare = async to => (await send('POST', `/api/forms/${this.#key}/difference`, { from, to })).json?.changes ?? [];
    const [their, own] = [await compare({ schema: theirs.schema, sample: theirs.sample }), await compare({ schema: mine, sample: this.#base.sample })];
    const dialog = this.#page.querySelector('[data-fd-dialog]');
    const column = (title, changes) => el('section', {}, el('h3', {}, title), changes.length === 0 ? el('p', {}, 'Aucun changement.') : el('ul', {}, changes.map(change => el('li', {}, change.sentence))));
    const keep = el('button', { type: 'button', class: 'btn btn-outline-primary', onclick: async () => {
      dialog.close();
      // A text of one's own, from another window, is put aside here; somebody else's by the server.
      if (theirs.savedBy === this.#page.dataset.fdMe) {
        await send('POST', `/api/forms/${this.#key}/copies`, { schema: theirs.schema, sample: theirs.sample });
      }
      this.#stopped = false;
      this.#base = theirs;
      this.#revision = theirs.revision;
      await this.#put();
    } }, 'Garder mon texte');
    const take = el('button', { type: 'button', class: 'btn btn-outline-primary', onclick: async () => {
      dialog.close();
      await send('POST', `/api/forms/${this.#key}/copies`, { schema: mine, sample: this.#base.sample });
      await this.#hooks.load(theirs);
      this.say('Votre texte est mis de côté : vous le retrouverez dans « Versions ».');
    } }, `Prendre le texte de ${theirs.savedBy}`);
    this.say('En attente de votre choix');
    dialog.replaceChildren(
      el('h2', { id: 'fd-dialogue-titre' }, conflict?.title ?? 'Ce brouillon a changé entre-temps.'),
      el('p', {}, 'Choisissez le texte à garder. L\'autre est mis de côté : rien n\'est perdu, vous le retrouverez dans « Versions ».'),
      el('div', { class: 'fd-sides' }, column(`Ce que ${theirs.savedBy} a changé`, their), column('Ce que vous avez changé', own)),
      el('p', { class: 'actions' }, keep, take));
    dialog.addEventListener('cancel', event => event.preventDefault(), { once: true });
    dialog.showModal();
  }
}
