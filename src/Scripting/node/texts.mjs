// Liquid templates, FEEL expressions, QR codes and the text of PDFs: plain JavaScript that cannot be interrupted from inside, so the host kills a
// worker that takes too long.
import { evaluate } from 'feelin';
import { Liquid } from 'liquidjs';
import QRCode from 'qrcode';
import { AuthorError, serve } from './pipe.mjs';

// « now » and « today » of templates and rules are the caller's time, so the libraries see a clock that the call sets.
const SystemDate = Date;
let clock = SystemDate.now();
globalThis.Date = class Date extends SystemDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [clock] : parts));
  }

  static now() {
    return clock;
  }
};

const liquid = new Liquid({
  // Nothing can be included: there is no file system behind the engine.
  templates: {},
  ownPropertyOnly: true,
  strictFilters: true,
  greedy: false,
  locale: 'fr-FR',
  parseLimit: 1_000_000,
  memoryLimit: 50_000_000,
});
// Elsa's own filters. Texts as they are, everything else as JSON, nothing as nothing.
liquid.registerFilter('base64', (value) =>
  value === null || value === undefined ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value), 'utf8').toString('base64'));
liquid.registerFilter('keys', (object) => Object.keys(object ?? {}));
liquid.registerFilter('french_date', (value) =>
  value ? new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeZone: 'Europe/Paris' }).format(new SystemDate(value)) : '');
liquid.registerFilter('romanian_date', (value) =>
  value ? new Intl.DateTimeFormat('ro-RO', { dateStyle: 'long', timeZone: 'Europe/Paris' }).format(new SystemDate(value)) : '');

/** Templates come back in every call of a flow, so they are kept as read. */
const parsed = new Map();

function parse(template) {
  let found = parsed.get(template);
  if (!found) {
    found = liquid.parse(template);
    if (parsed.size >= 1000) parsed.clear();
    parsed.set(template, found);
  }
  return found;
}

function tell(error) {
  const line = /line:(\d+)/.exec(error.message);
  return { message: error.message.replace(/, line:\d+.*$/s, ''), line: line ? Number(line[1]) : null };
}

function render({ templates, model }) {
  return templates.map((template, index) => {
    try {
      return liquid.renderSync(parse(template), model);
    } catch (error) {
      const { message, line } = tell(error);
      const which = templates.length > 1 ? `Template ${index + 1} of ${templates.length}` : 'The template';
      throw new AuthorError(`${which} failed${line ? ` at line ${line}` : ''}: ${message}.`, { index, line, cause: `${message}.` });
    }
  });
}

/** What cannot be read in each template: {message, line}, or null. */
function check({ sources }) {
  return sources.map((source) => {
    try {
      liquid.parse(source);
      return null;
    } catch (error) {
      return tell(error);
    }
  });
}

/** FEEL's dates, times and durations as their ISO text; ranges and functions have no JSON form. */
function plain(value) {
  if (value === null || value === undefined || typeof value === 'function') return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value.iso === 'string') return value.iso;
  if (Object.getPrototypeOf(value) !== Object.prototype) return null;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

function feel({ jobs }) {
  return jobs.map(({ expressions, context }) => expressions.map((expression) => {
    try {
      return plain(evaluate(expression, context).value);
    } catch {
      return null;
    }
  }));
}

/** The text of all pages, or null: loaded with the first PDF, as most workers never see one. */
async function pdf({ content }) {
  // Only drawing would use it, but the library wants the class to be there.
  globalThis.DOMMatrix ??= class DOMMatrix {};
  const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const task = getDocument({
    data: new Uint8Array(Buffer.from(content, 'base64')), isEvalSupported: false, useSystemFonts: false, disableFontFace: true, verbosity: VerbosityLevel.ERRORS,
  });
  try {
    const document = await task.promise;
    const pages = [];
    for (let number = 1; number <= document.numPages; number++) {
      const { items } = await (await document.getPage(number)).getTextContent();
      pages.push(items.map((item) => item.str + (item.hasEOL ? '\n' : '')).join(''));
    }
    return pages.join('\n');
  } catch {
    return null;
  } finally {
    await task.destroy();
  }
}

const operations = {
  render,
  pdf,
  check,
  feel,
  qr: ({ text }) => QRCode.toString(text, { type: 'svg', errorCorrectionLevel: 'M', margin: 0 }),
};

serve((call) => {
  clock = call.now;
  return operations[call.operation](call);
});
