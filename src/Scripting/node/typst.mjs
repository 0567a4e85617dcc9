// Typst to PDF. Native code that cannot be interrupted from inside: the host kills a worker that takes too long.
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import { AuthorError, serve } from './pipe.mjs';

// Templates see virtual files only: the folder the compiler reads from is empty, and packages have nowhere to come from.
const workspace = mkdtempSync(join(tmpdir(), 'cleiss-typst-'));
process.on('exit', () => {
  try {
    rmdirSync(workspace);
  } catch {
    // Already gone.
  }
});

// What a long document leaves in the cache would take the place of the next one.
const crowded = 300 * 1024 * 1024;

const compiler = NodeCompiler.create({
  workspace,
  fontArgs: [{ fontPaths: JSON.parse(process.env.CLEISS_FONT_FOLDERS ?? '[]') }],
});

function diagnosticsOf(error) {
  let found = [];
  try {
    found = compiler.fetchDiagnostics(error);
  } catch {
    found = error?.shortDiagnostics ?? [];
  }
  return found.map((one) => {
    // Lines of the range « 3:4-3:9 » count from zero.
    const line = /^(\d+):/.exec(typeof one.range === 'string' ? one.range : '') ?? (one.range?.start ? [null, one.range.start.line] : null);
    return {
      // The folder of this machine tells an author nothing.
      message: (one.message ?? String(one)).replaceAll(workspace, ''),
      file: one.path ? String(one.path).replace(workspace, '').replaceAll('\\', '/') || null : null,
      line: line ? Number(line[1]) + 1 : null,
      hint: one.hints?.length ? one.hints.join(' ') : null,
      severity: one.severity ?? null,
    };
  });
}

function fail(error) {
  if (!error || (typeof error === 'object' && 'kind' in error === false)) throw error;
  const all = diagnosticsOf(error);
  const errors = all.filter((one) => one.severity === null || one.severity === 1 || /error/i.test(String(one.severity)));
  const told = errors.length ? errors : all;
  throw new AuthorError(told.map((one) => one.message).join(' '), { diagnostics: told });
}

/** The standard's own checks fail when the PDF is written: a dump of diagnostics instead of objects. */
function refused(error, mainFile) {
  const text = String(error?.message ?? error);
  const told = [...text.matchAll(/message: ("(?:[^"\\]|\\.)*").*?hints: \[(.*?)\]/gs)].map(([, message, hints]) => ({
    message: unescaped(message),
    file: mainFile,
    line: null,
    hint: [...hints.matchAll(/"(?:[^"\\]|\\.)*"/gs)].map(([hint]) => unescaped(hint)).join(' ') || null,
  }));
  const diagnostics = told.length ? told : [{ message: text, file: mainFile, line: null, hint: null }];
  return new AuthorError(diagnostics.map((one) => one.message).join(' '), { diagnostics });
}

function unescaped(quoted) {
  return quoted.slice(1, -1).replace(/\\u\{([0-9a-f]+)\}/g, (_, code) => `U+${code.toUpperCase()}`).replace(/\\(.)/g, '$1');
}

serve(({ files, mainFile, data, standard, createdAt, picture }) => {
  compiler.resetShadow();
  for (const [path, content] of Object.entries(files)) {
    compiler.mapShadow(join(workspace, path), Buffer.from(content, 'base64'));
  }
  const result = compiler.compile({ mainFilePath: join(workspace, mainFile), inputs: { data: JSON.stringify(data) }, resetRead: true });
  if (result.hasError() || !result.result) fail(result.takeDiagnostics() ?? result.takeError());
  let pdf;
  try {
    pdf = compiler.pdf(result.result, { pdfStandard: standard, creationTimestamp: createdAt });
  } catch (error) {
    throw refused(error, mainFile);
  }
  return { pdf: pdf.toString('base64'), svg: picture ? compiler.plainSvg(result.result) : undefined };
}, () => compiler.evictCache(process.memoryUsage.rss() > crowded ? 0 : 10));
