// The editor of templates, made livelier: the preview follows the typing, lines have numbers, Tab may indent. Without this file the page's
// buttons do the same.
const form = document.querySelector('form[data-modele]');
if (form) {
  const areas = [...form.querySelectorAll('textarea[data-fichier]')];
  const state = form.querySelector('[data-etat]');
  const problems = form.querySelector('[data-problemes]');
  const page = form.querySelector('[data-apercu]');
  const indents = form.querySelector('#tab-decale');
  const token = form.querySelector("input[name='__RequestVerificationToken']")?.value ?? '';
  let lastPdf = null;
  let asked = 0;
  let timer = 0;

  for (const hidden of form.querySelectorAll('[data-avec-script]')) hidden.hidden = false;

  for (const area of areas) {
    const numbers = document.createElement('pre');
    numbers.setAttribute('aria-hidden', 'true');
    const frame = document.createElement('div');
    frame.className = 'modele-numbers';
    area.before(frame);
    frame.append(numbers, area);
    const show = () => {
      const count = area.value.split('\n').length;
      numbers.textContent = Array.from({ length: count }, (_, i) => i + 1).join('\n');
      numbers.scrollTop = area.scrollTop;
    };
    area.addEventListener('input', () => { show(); soon(); });
    area.addEventListener('scroll', () => { numbers.scrollTop = area.scrollTop; });
    let leaving = false;
    area.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') { leaving = true; return; }
      if (event.key === 'Tab' && indents.checked && !leaving && !event.ctrlKey && !event.altKey) {
        event.preventDefault();
        indent(area, event.shiftKey);
      }
      if (event.key !== 'Tab') leaving = false;
    });
    area.addEventListener('blur', () => { leaving = false; });
    show();
  }

  /** Two spaces before each selected line, or away from it. */
  function indent(area, back) {
    const from = area.value.lastIndexOf('\n', area.selectionStart - 1) + 1;
    const until = area.selectionEnd;
    if (!back && area.selectionStart === until) {
      area.setRangeText('  ', until, until, 'end');
    } else {
      const lines = area.value.slice(from, until).split('\n');
      area.setRangeText(lines.map((line) => (back ? line.replace(/^ {1,2}/, '') : `  ${line}`)).join('\n'), from, until, 'select');
    }
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(preview, 600);
  }

  async function preview() {
    const number = ++asked;
    state.textContent = 'L’aperçu se compose…';
    page.classList.add('stale');
    try {
      const answer = await fetch(form.dataset.modele, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'X-CSRF-TOKEN': token },
        body: JSON.stringify({ files: Object.fromEntries(areas.map((area) => [area.dataset.fichier, area.value])) }),
      });
      const told = await answer.json();
      if (number !== asked) return;
      if (!answer.ok) {
        state.textContent = told.title ?? 'L’aperçu n’a pas pu être composé.';
        return;
      }
      show(told);
    } catch {
      if (number === asked) state.textContent = 'Le serveur ne répond pas ; l’aperçu sera composé à votre prochaine frappe.';
    }
  }

  function show(told) {
    problems.replaceChildren();
    if (told.problems.length > 0) {
      state.textContent = told.problems.length === 1 ? 'Une erreur à corriger ; l’aperçu est le dernier qui se composait.' : `${told.problems.length} erreurs à corriger ; l’aperçu est le dernier qui se composait.`;
      problems.append(listOf(told.problems));
      return;
    }
    page.classList.remove('stale');
    state.textContent = 'L’aperçu est à jour.';
    if (told.picture) {
      const image = page.querySelector('img') ?? document.createElement('img');
      image.alt = 'Pages du document, imprimées avec les données d’exemple';
      image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(told.picture)}`;
      page.replaceChildren(image);
      lastPdf = told.pdf;
      pdfButton.hidden = false;
    } else {
      const subject = document.createElement('p');
      subject.append(Object.assign(document.createElement('b'), { textContent: told.subject }));
      page.replaceChildren(subject, Object.assign(document.createElement('pre'), { textContent: told.body }));
    }
  }

  function listOf(all) {
    const note = document.createElement('div');
    note.className = 'note bad';
    const list = document.createElement('ul');
    for (const one of all) {
      const link = document.createElement('a');
      link.href = `#fichier-${one.file.replaceAll('.', '-')}`;
      link.dataset.fichier = one.file;
      if (one.line) link.dataset.ligne = one.line;
      link.textContent = one.line ? `${one.file}, ligne ${one.line}` : one.file;
      const english = Object.assign(document.createElement('span'), { className: 'soft', lang: 'en', textContent: ` (${one.message})` });
      const item = document.createElement('li');
      item.append(link, ` : ${one.explanation}`, english);
      list.append(item);
    }
    note.append(list);
    return note;
  }

  // A link to a problem selects its line.
  problems.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-fichier]');
    const area = link && areas.find((candidate) => candidate.dataset.fichier === link.dataset.fichier);
    if (!area) return;
    event.preventDefault();
    const lines = area.value.split('\n');
    const line = Math.min(Number(link.dataset.ligne ?? 1), lines.length);
    const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    area.focus();
    area.setSelectionRange(start, start + lines[line - 1].length);
    area.scrollTop = (line - 4) * Number.parseFloat(getComputedStyle(area).lineHeight);
  });

  // Mails have none, and neither has a document whose source does not compile yet.
  const pdfButton = form.querySelector('[data-pdf]');
  if (!page.querySelector('img')) pdfButton.hidden = true;
  pdfButton.addEventListener('click', async () => {
    if (!lastPdf) await preview();
    if (!lastPdf) return;
    const bytes = Uint8Array.from(atob(lastPdf), (char) => char.charCodeAt(0));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/pdf' }));
    link.download = 'apercu.pdf';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}
