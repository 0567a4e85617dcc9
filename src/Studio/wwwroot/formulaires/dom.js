// Building blocks of the designer's page.

/** An element with its attributes and children; `on…` attributes are listeners, null and false ones are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) {
      node.addEventListener(name.slice(2), value);
    } else if (value === true) {
      node.setAttribute(name, '');
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value);
    }
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return node;
}

export function button(words, onclick, attributes = {}) {
  return el('button', { type: 'button', class: 'btn btn-outline-secondary btn-sm', onclick, ...attributes }, words);
}

/** A labelled input; `hint` is read with it. */
export function field(id, words, input, hint = null) {
  input.id = id;
  if (hint) {
    input.setAttribute('aria-describedby', `${id}-aide`);
  }
  return el('div', { class: 'fd-field' }, el('label', { for: id, class: 'form-label' }, words), input, hint && el('div', { id: `${id}-aide`, class: 'form-text' }, hint));
}

export function select(options, value, onchange, attributes = {}) {
  return el('select', { class: 'form-select form-select-sm', onchange: event => onchange(event.target.value), ...attributes },
    options.map(option => el('option', { value: option.value, selected: option.value === value }, option.words)));
}

/** Calls once nobody has called for a while; `flush` does it at once. */
export function later(work, pause) {
  let timer = 0;
  const call = () => { timer = 0; work(); };
  const delayed = () => { clearTimeout(timer); timer = setTimeout(call, pause); };
  delayed.flush = () => { if (timer) { clearTimeout(timer); call(); } };
  delayed.pending = () => timer !== 0;
  return delayed;
}

/** « Date de naissance » → « dateDeNaissance »: what may name a field in conditions. */
export function keyFrom(text) {
  const words = text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').split(/[^A-Za-z0-9]+/).filter(Boolean).slice(0, 6);
  const key = words.map((word, i) => i === 0 ? word.toLowerCase() : word[0].toUpperCase() + word.slice(1).toLowerCase()).join('').slice(0, 40);
  return /^[0-9]/.test(key) ? `_${key}` : key;
}

/** An address of the product, also when a proxy shows it below a path: this script is always at the same place within it. */
export const below = address => new URL(`../../..${address}`, import.meta.url).href;

/** Sends JSON to the product's API with proof that this page sent it. */
export async function send(method, address, body) {
  const token = document.querySelector('input[name="__RequestVerificationToken"]')?.value;
  const answer = await fetch(below(address), {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...(token ? { 'X-CSRF-TOKEN': token } : {}) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  let json = null;
  try {
    json = text ? JSON.parse(text) : null;
  } catch {
    // Not ours (a proxy's page): the status tells.
  }
  return { ok: answer.ok, status: answer.status, json };
}
