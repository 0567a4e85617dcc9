// form-js's canvas in French, with the partner's words beside each label.

const WORDS = new Map([
  ['Build your form', 'Composez votre formulaire'],
  ['Drag and drop components here to start designing.', 'Glissez un champ ici, ou choisissez-le dans « Ajouter ».'],
  ['Use the preview window to test your form.', 'L\'aperçu, plus bas, montre ce que verra l\'agent.'],
  ['Drag and drop components here.', 'Glissez des champs ici, ou choisissez-les dans « Ajouter ».'],
  ['Text view is empty', 'Texte à écrire'],
  ['Text view is populated by an expression', 'Texte donné par un calcul'],
  ['Text view is templated', 'Texte à trous'],
  ['Expression is empty', 'Calcul à définir'],
  ['Repeatable', 'Groupe répétable'],
  ['Select', 'Choisir…'],
  ['Browse', 'Parcourir'],
  ['No files selected', 'Aucun fichier choisi'],
  ['Add new', 'Ajouter'],
  ['mm/dd/yyyy', 'jj/mm/aaaa'],
  ['dd/mm/yyyy', 'jj/mm/aaaa'],
]);

export function dressCanvas(container, model) {
  let asked = false;
  const dress = () => {
    asked = false;
    translate(container);
    for (const element of container.querySelectorAll('.fjs-element[data-id]')) {
      const field = model.registry.get(element.dataset.id);
      if (field && field.type !== 'default') {
        dressField(element, field, model);
      }
    }
  };
  const ask = () => {
    if (!asked) {
      asked = true;
      requestAnimationFrame(dress);
    }
  };
  new MutationObserver(ask).observe(container, { childList: true, subtree: true, characterData: true, attributeFilter: ['class', 'placeholder'] });
  return ask;
}

function dressField(element, field, model) {
  const type = model.typeOf(field);
  const name = model.name(field);
  set(element, 'data-fd-kind', type?.words ?? field.type);
  set(element, 'role', 'group');
  set(element, 'aria-label', `${name} (${type?.words ?? field.type})`);
  const label = [...element.querySelectorAll('label, .fjs-form-field-label, .fjs-form-field-text')].find(candidate => candidate.closest('.fjs-element') === element);
  const partner = model.language ? field.properties?.[`cleiss.label.${model.language}`] ?? '' : '';
  const target = label ?? element.querySelector('.fjs-form-field-placeholder');
  if (target) {
    set(target, 'data-fd-partner', model.language ? partner || '(à traduire)' : '');
    target.classList.toggle('fd-untranslated', Boolean(model.language) && !partner);
  }
  if (field.type === 'expression') {
    const text = [...(element.querySelector('.fjs-form-field-placeholder')?.childNodes ?? [])].find(node => node.nodeType === Node.TEXT_NODE);
    if (text && text.data !== `${name} : valeur calculée`) {
      text.data = `${name} : valeur calculée`;
    }
  }
}

function set(node, name, value) {
  if (node.getAttribute(name) !== value) {
    node.setAttribute(name, value);
  }
}

function translate(container) {
  const walk = document.createTreeWalker(container, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const words = WORDS.get(node.data.trim());
    if (words && node.data !== words && !node.parentElement.closest('label')) {
      node.data = words;
    }
  }
  for (const input of container.querySelectorAll('input[placeholder]')) {
    const words = WORDS.get(input.placeholder);
    if (words) {
      input.placeholder = words;
    }
  }
}

/** French names for what form-js shows while one drags, and on its button that removes a field. */
export function nameInFrench(editor, model) {
  const fields = editor.get('formFields');
  for (const type of model.vocabulary.types.filter(t => t.plain)) {
    const config = fields.get(type.formJsType)?.config;
    if (config) {
      config.name = type.words;
      if (config.label) {
        config.label = type.words;
      }
    }
  }
  editor.get('formFieldContextActions').registerProvider(100, {
    getContextPadEntries: field => entries => entries.delete ? { ...entries, delete: { ...entries.delete, title: `Retirer « ${model.name(field)} »` } } : entries,
  });
}
