// The page that designs a form: form-js's editor for the canvas, ours around it. The draft saves itself; the server judges what is missing.

import { dressCanvas, nameInFrench } from './canvas.js';
import { send } from './dom.js';
import { Model } from './model.js';
import { drawPalette } from './palette.js';
import { Preview } from './preview.js';
import { Properties } from './properties.js';
import { DraftKeeper } from './saving.js';
import { drawMeters, placeOf, problemList } from './meters.js';

const page = document.querySelector('[data-fd]');
const part = name => page.querySelector(`[data-fd-${name}]`);
const key = page.dataset.fd;
const vocabulary = JSON.parse(part('vocabulary').textContent);

const loaded = await send('GET', `/api/forms/${key}/draft`);
if (!loaded.ok) {
  part('status').textContent = loaded.json?.title ?? 'Le formulaire n\'a pas pu être lu : rechargez la page.';
  throw new Error(`The draft of ${key} answered ${loaded.status}.`);
}

// Our palette and our settings stand where form-js would put its own.
const aside = document.createElement('div');
const editor = new window.FormEditor.FormEditor({
  container: part('canvas'),
  palette: { parent: aside },
  propertiesPanel: { parent: aside },
  exporter: { name: 'Cleiss', version: '1' },
  additionalModules: [{ propertiesPanel: ['value', {}], propertiesProvider: ['value', {}] }],
});
const model = new Model(editor, vocabulary);
nameInFrench(editor, model);
const redress = dressCanvas(part('canvas'), model);
const properties = new Properties(part('properties'), model);
const preview = new Preview(page, key);
const keeper = new DraftKeeper(page, key, { read: () => { properties.flush(); return editor.getSchema(); }, load: show, saved: told });

await show(loaded.json);
preview.show();

drawPalette(part('palette'), vocabulary, type => {
  const selected = editor.get('selection').get();
  const into = selected && model.isContainer(selected) ? selected : selected ? model.parentOf(selected) : model.root;
  const added = model.add(type, into, into === selected || !selected ? into.components.length : into.components.indexOf(selected) + 1);
  editor.get('selection').set(added);
  properties.focusLabel();
});

// A field dropped from the palette is of our kind, not of form-js's alone.
let dragged = null;
editor.on('drag.start', event => { dragged = event.element.dataset.fdType ?? null; });
editor.on('drag.end', () => { dragged = null; });
editor.get('dragging').createNewField = (element, row, target, index) => {
  const type = vocabulary.types.find(candidate => candidate.name === (element.dataset.fdType ?? dragged));
  const added = model.add(type, target, index);
  if (row) {
    model.edit(added, { layout: { ...added.layout, row: row.id } });
  }
  setTimeout(() => { editor.get('selection').set(added); properties.focusLabel(); });
};
editor.on('dragula.created', drake => drake.on('cloned', clone => {
  const words = vocabulary.types.find(type => type.name === clone.dataset.fdType)?.words;
  if (words) {
    setTimeout(() => { const text = clone.querySelector('.fjs-field-preview-text'); if (text) { text.textContent = words; } });
  }
}));

editor.on('commandStack.changed', () => {
  const stack = editor.get('commandStack');
  part('undo').disabled = !stack.canUndo();
  part('redo').disabled = !stack.canRedo();
  redress();
  if (stack.canUndo() || stack.canRedo()) {
    keeper.changed();
  }
});

part('undo').addEventListener('click', () => step('undo'));
part('redo').addEventListener('click', () => step('redo'));
part('form').addEventListener('click', () => {
  editor.get('selection').clear();
  properties.show(null);
  page.querySelector('#fd-titre')?.focus();
});
part('publish').addEventListener('click', () => publish());

page.addEventListener('keydown', event => {
  const writing = event.target.matches('input, textarea, select');
  const command = event.ctrlKey || event.metaKey;
  // Inside the canvas form-js undoes by itself, and in a text the browser does.
  if (command && !writing && !part('canvas').contains(event.target) && /^[zy]$/i.test(event.key)) {
    event.preventDefault();
    step(event.key.toLowerCase() === 'y' || event.shiftKey ? 'redo' : 'undo');
    return;
  }
  const element = event.target.closest('.fjs-element[data-id]');
  const field = element && event.target === element ? model.registry.get(element.dataset.id) : null;
  if (!field || field.type === 'default') {
    return;
  }
  if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    event.preventDefault();
    model.shift(field, event.key === 'ArrowUp' ? -1 : 1);
    focusElement(field.id);
  } else if (event.key === 'Delete') {
    event.preventDefault();
    model.remove(field);
  }
});

function step(direction) {
  properties.flush();
  const stack = editor.get('commandStack');
  if (direction === 'undo' ? stack.canUndo() : stack.canRedo()) {
    stack[direction]();
  }
}

function focusElement(id) {
  setTimeout(() => part('canvas').querySelector(`.fjs-element[data-id="${CSS.escape(id)}"]`)?.focus());
}

async function show(draft) {
  const selected = editor.get('selection').get()?.id;
  await editor.importSchema(structuredClone(draft.schema));
  keeper.starts(draft);
  told(draft);
  const again = selected && model.registry.get(selected);
  properties.show(again && again.type !== 'default' ? again : null);
  redress();
}

function told(draft) {
  document.querySelector('[data-fd-state]').textContent = draft.state === 'published' ? `Version ${draft.version}, publiée` : `Brouillon de la version ${draft.version}`;
  drawMeters(part('meters'), draft, model, goTo);
  preview.refresh();
}

function goTo(problem) {
  const field = placeOf(problem, model);
  editor.get('selection').set(field);
  properties.show(field);
  if (field) {
    properties.focusLabel();
  } else {
    page.querySelector('#fd-titre')?.focus();
  }
}

async function publish() {
  const dialog = part('dialog');
  if (!await keeper.flush()) {
    return;
  }
  const draft = keeper.draft;
  const content = document.createElement('div');
  const title = words => Object.assign(document.createElement('h2'), { id: 'fd-dialogue-titre', textContent: words });
  const close = () => dialog.close();
  if (draft.state === 'published') {
    content.append(title('Rien à publier'), paragraph('Ce formulaire n\'a pas changé depuis sa dernière publication.'), actions(['Fermer', close]));
  } else if (draft.problems.length > 0) {
    content.append(title(`Avant de publier : ${draft.problems.length} point${draft.problems.length > 1 ? 's' : ''} à compléter`),
      problemList(draft.problems, model, problem => { close(); goTo(problem); }), actions(['Revenir au formulaire', close]));
  } else {
    content.append(title('Publier le formulaire ?'),
      paragraph(`Ce texte devient la version ${draft.version}. Elle ne pourra plus être modifiée, et les nouvelles tâches l'emploieront aussitôt ; celles qui sont commencées gardent la leur.`),
      actions(['Publier la version', async () => {
        const answer = await send('POST', `/api/forms/${key}/publish?version=${draft.version}`);
        close();
        if (answer.ok) {
          const fresh = await send('GET', `/api/forms/${key}/draft`);
          await show(fresh.json);
          keeper.say(`Version ${answer.json.version} publiée.`);
        } else {
          keeper.warn(answer.json?.title ?? 'La publication n\'a pas abouti : réessayez.', answer.json?.detail);
        }
      }, 'btn-primary'], ['Renoncer', close]));
  }
  dialog.replaceChildren(content);
  dialog.showModal();
}

function paragraph(words) {
  return Object.assign(document.createElement('p'), { textContent: words });
}

function actions(...buttons) {
  const line = Object.assign(document.createElement('p'), { className: 'actions' });
  line.append(...buttons.map(([words, act, kind = 'btn-outline-secondary']) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: `btn ${kind}`, textContent: words });
    button.addEventListener('click', act);
    return button;
  }));
  return line;
}
