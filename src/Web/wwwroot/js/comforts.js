// Comforts only: every page works without this file.

// The key named by data-shortcut moves to its field, unless one is typing.
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const at = event.target;
  if (at instanceof HTMLElement && (at.isContentEditable || /^(input|textarea|select)$/i.test(at.tagName))) return;
  const field = [...document.querySelectorAll('[data-shortcut]')].find(candidate => candidate.dataset.shortcut === event.key);
  if (field) {
    event.preventDefault();
    field.focus();
    field.select?.();
  }
});

// One box ticks all boxes of its table, and shows when only some are ticked.
for (const all of document.querySelectorAll('[data-select-all]')) {
  const boxes = () => [...document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(all.dataset.selectAll)}"]:not(:disabled)`)];
  const show = () => {
    const ticked = boxes().filter(box => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  };
  all.closest('[hidden]')?.removeAttribute('hidden');
  all.addEventListener('change', () => boxes().forEach(box => { box.checked = all.checked; }));
  boxes().forEach(box => box.addEventListener('change', show));
  show();
}

// A list that filters by itself when a choice changes; without script its button does.
for (const field of document.querySelectorAll('[data-submit-on-change]')) {
  field.addEventListener('change', () => field.form.requestSubmit());
}

// Leaving a form that was changed and not sent asks first.
for (const form of document.querySelectorAll('form[data-warn-on-leave]')) {
  let changed = false;
  form.addEventListener('input', () => { changed = true; });
  form.addEventListener('submit', () => { changed = false; });
  form.addEventListener('cleiss:saved', () => { changed = false; });
  addEventListener('beforeunload', event => { if (changed) event.preventDefault(); });
}

// A form is sent once: a second click while the first is under way is refused.
for (const form of document.querySelectorAll('form[method=post]')) {
  form.addEventListener('submit', event => {
    if (form.dataset.sent === 'yes') { event.preventDefault(); return; }
    form.dataset.sent = 'yes';
  });
}
addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(form => delete form.dataset.sent));

// An error summary takes the focus, so that it is read first.
document.querySelector('[data-error-summary]')?.focus();
