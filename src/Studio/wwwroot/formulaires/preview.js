// What the agent will see, drawn by our own renderer from the draft as it was last saved.

import { below, el } from './dom.js';

export class Preview {
  #page;
  #key;
  #frame;
  #view = 'ecran';
  #scroll = 0;
  #typed = false;

  constructor(page, key) {
    this.#page = page;
    this.#key = key;
    this.#frame = page.querySelector('[data-fd-frame]');
    for (const button of page.querySelectorAll('[data-fd-view]')) {
      button.addEventListener('click', () => {
        this.#view = button.dataset.fdView;
        page.querySelectorAll('[data-fd-view]').forEach(other => other.setAttribute('aria-pressed', String(other === button)));
        this.show();
      });
    }
    this.#frame.addEventListener('load', () => this.#loaded());
  }

  show() {
    const pdf = this.#view === 'pdf';
    const address = below(`/formulaires/${this.#key}/apercu${pdf ? '.pdf' : ''}`);
    this.#frame.classList.toggle('fd-phone', this.#view === 'telephone');
    this.#page.querySelector('[data-fd-open]').href = address;
    this.#scroll = this.#frame.contentDocument?.scrollingElement?.scrollTop ?? 0;
    this.#frame.setAttribute('aria-busy', 'true');
    // What somebody is trying out stays: the page is drawn again from it.
    const form = this.#typed && !pdf && this.#frame.contentDocument?.querySelector('form[method=post]');
    if (form) {
      form.append(el('input', { type: 'hidden', name: 'faire', value: 'revoir' }));
      form.submit();
    } else {
      this.#typed = false;
      this.#frame.src = address;
    }
  }

  refresh() {
    if (this.#frame.src) {
      this.show();
    }
  }

  // A PDF has no document of ours inside.
  #loaded() {
    this.#frame.removeAttribute('aria-busy');
    const inside = this.#frame.contentDocument;
    if (inside?.scrollingElement) {
      inside.scrollingElement.scrollTop = this.#scroll;
    }
    inside?.addEventListener('input', () => { this.#typed = true; });
    if (inside?.querySelector('[data-fd-said="exemple"]')) {
      this.#typed = false;
      this.#page.dispatchEvent(new CustomEvent('fd:sample'));
    }
  }
}
