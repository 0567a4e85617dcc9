// JavaScript expressions of workflows in QuickJS: each call finds the sandbox as it was built and leaves nothing behind.
import { randomFillSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { newQuickJSWASMModuleFromVariant, newVariant, RELEASE_SYNC } from 'quickjs-emscripten';
import { AuthorError, Json, serve } from './pipe.mjs';
import { keep } from './snapshot.mjs';

const timeLimit = Number(process.env.CLEISS_SCRIPT_MILLISECONDS ?? 1000);
const memoryLimit = Number(process.env.CLEISS_SCRIPT_MEGABYTES ?? 32);
const stackLimit = Number(process.env.CLEISS_SCRIPT_STACK_KILOBYTES ?? 256);
const functions = process.env.CLEISS_SCRIPT_FUNCTIONS ?? '[]';
// QuickJS counts too little of what it allocates in WebAssembly, so the memory itself has an end: the interpreter's own 16 MB
// and the scripts' share.
const page = 65536;
const memory = new WebAssembly.Memory({ initial: 256, maximum: 256 + Math.ceil((memoryLimit * 1024 * 1024) / page) });
const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(RELEASE_SYNC, { wasmMemory: memory }));
const runtime = quickjs.newRuntime({ memoryLimitBytes: memoryLimit * 1024 * 1024, maxStackSizeBytes: stackLimit * 1024 });
const context = runtime.newContext();
let deadline = Infinity;
let interrupted = false;
runtime.setInterruptHandler(() => {
  interrupted ||= performance.now() > deadline;
  return interrupted;
});

const sandbox = build();
const restore = keep(memory);
proveForgetting();

function build() {
  const random = new Uint32Array(1);
  for (const [name, give] of [
    ['__uuid', () => context.newString(randomUUID())],
    ['__random', () => context.newNumber(randomFillSync(random)[0] / 4294967296)],
  ]) {
    const handle = context.newFunction(name, give);
    context.setProp(context.global, name, handle);
    handle.dispose();
  }
  const make = context.unwrapResult(context.evalCode(readFileSync(new URL('./sandbox-prelude.js', import.meta.url), 'utf8'), 'prelude.js'));
  const names = context.newString(functions);
  const made = context.unwrapResult(context.callFunction(make, context.undefined, names));
  const [begin, resume] = ['begin', 'resume'].map((name) => context.getProp(made, name));
  [make, names].forEach((handle) => handle.dispose());
  return { made, begin, resume };
}

/** The isolation of callers hangs on the snapshot, so a worker that forgets too little does not start. */
function proveForgetting() {
  context.unwrapResult(context.evalCode('globalThis.kept = 1; Array.prototype.kept = new Array(50000).fill("x"); String.prototype.trim = 1'));
  restore();
  const seen = context.unwrapResult(context.evalCode('typeof kept + typeof [].kept + " ".trim()'));
  if (context.getString(seen) !== 'undefinedundefined') throw new Error('The sandbox remembers what a script before left in it.');
  restore();
}

function lineOf(error) {
  const match = /<input>:(\d+)/.exec(error?.stack ?? '');
  return match ? Number(match[1]) : error?.fileName === '<input>' ? error.lineNumber : null;
}

function dump(handle) {
  try {
    return context.dump(handle);
  } catch {
    return null;
  }
}

/** What happened, without saying where: the engine knows the activity and the input. */
function cause(error) {
  if (interrupted) return { text: `It ran longer than the time limit of ${timeLimit} ms and was stopped.`, limit: 'time' };
  const message = typeof error === 'object' && error !== null ? String(error.message ?? '') : String(error);
  if (error === null || /out of memory|string too long/i.test(message)) {
    return { text: `It needed more than the memory limit of ${memoryLimit} MB and was stopped.`, limit: 'memory' };
  }
  if (/stack (overflow|size exceeded)/i.test(message)) return { text: 'It called itself too deeply and exceeded the stack limit.', limit: 'stack' };
  return { text: `${error?.name ?? 'Error'}: ${message.replace(/\.?$/, '.')}`, limit: null };
}

function failure(error, index, sources) {
  const { text, limit } = cause(error);
  const line = limit ? null : lineOf(error);
  const which = sources.length > 1 ? `Expression ${index + 1} of ${sources.length}` : 'The expression';
  const verb = limit ? 'was stopped' : error?.name === 'SyntaxError' ? 'cannot be read' : 'failed';
  const begins = String(sources[index] ?? '').trim().split('\n', 1)[0].slice(0, 80);
  return new AuthorError(
    `${which} ${verb}${line ? ` at line ${line}` : ''}: ${text} It begins: ${begins}`, { index, line, limit, cause: text });
}

// Scripts are either programs, whose value is that of the last statement, or the body of a function when they say « return » outside
// of one. Which of the two is found by reading them once; nothing is run for it.
const forms = new Map();

function compile(source) {
  const result = context.evalCode(source, '<input>', { type: 'global', compileOnly: true });
  return result.error ? dump(result.error) : null;
}

function formOf(source) {
  if (!source.includes('return')) return 'program';
  let form = forms.get(source);
  if (form === undefined) {
    form = /return not in a function/.test(compile(source)?.message ?? '') ? 'function' : 'program';
    if (forms.size >= 5000) forms.clear();
    forms.set(source, form);
  }
  return form;
}

function call(method, sources, ...args) {
  const result = context.callFunction(method, sandbox.made, ...args);
  if (!result.error) return result.value;
  const error = dump(result.error);
  const stopped = interrupted;
  // Reading a number runs no script, but the interpreter asks first whether it may.
  interrupted = false;
  deadline = Infinity;
  const index = context.getNumber(context.getProp(sandbox.made, 'index'));
  interrupted = stopped;
  throw failure(error, index, sources);
}

function evaluate({ sources }, data) {
  interrupted = false;
  deadline = performance.now() + timeLimit;
  const plan = JSON.stringify({ sources, forms: sources.map(formOf) });
  let answer = call(sandbox.begin, sources, context.newString(plan), context.newString(data));
  // No text yet: an expression gave a promise, which moves when its jobs have run.
  while (context.typeof(answer) !== 'string') {
    const jobs = runtime.executePendingJobs();
    if (jobs.error) throw failure(dump(jobs.error), 0, sources);
    answer = call(sandbox.resume, sources);
  }
  return new Json(context.getString(answer));
}

/** What cannot be read in each source: {message, line}, or null. Nothing is run. */
function check({ sources }) {
  return sources.map((source) => {
    interrupted = false;
    deadline = performance.now() + timeLimit;
    const error = compile(formOf(source) === 'function' ? `(function () {${source}\n})` : source);
    const found = error && { message: cause(error).text, line: lineOf(error) };
    restore();
    return found;
  });
}

function guarded(work) {
  try {
    return work();
  } catch (error) {
    // The interpreter itself gave up (its stack, its memory): what it holds can no longer be trusted to be put back.
    if (!(error instanceof AuthorError)) {
      setImmediate(() => process.exit(3));
      throw error instanceof RangeError || error instanceof WebAssembly.RuntimeError
        ? new AuthorError('The expression exceeded what the interpreter can hold and was stopped.', { index: 0, line: null, limit: 'memory' })
        : error;
    }
    throw error;
  }
}

serve(
  (request, data) => guarded(() => (request.operation === 'check' ? check(request) : evaluate(request, data))),
  () => {
    deadline = Infinity;
    interrupted = false;
    restore();
  });
