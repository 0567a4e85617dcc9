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
      message: one.message ?? String(one),
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

serve(({ files, mainFile, data, standard, createdAt }) => {
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
    // The standard's own checks fail here, with a plain message.
    throw new AuthorError(String(error?.message ?? error), { diagnostics: [{ message: String(error?.message ?? error), file: mainFile, line: null, hint: null }] });
  }
  return { pdf: pdf.toString('base64') };
}, () => compiler.evictCache(10));
