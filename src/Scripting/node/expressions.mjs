// JavaScript expressions of workflows in QuickJS: each batch gets a runtime of its own, which is thrown away afterwards.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { newQuickJSWASMModuleFromVariant, newVariant, RELEASE_SYNC } from 'quickjs-emscripten';
import { AuthorError, serve } from './pipe.mjs';

const prelude = readFileSync(new URL('./sandbox-prelude.js', import.meta.url), 'utf8');
const timeLimit = Number(process.env.CLEISS_SCRIPT_MILLISECONDS ?? 1000);
const memoryLimit = Number(process.env.CLEISS_SCRIPT_MEGABYTES ?? 32);
// QuickJS counts too little of what it allocates in WebAssembly, so the memory itself has an end: the interpreter's own 16 MB
// and the scripts' share.
const page = 65536;
const wasmMemory = new WebAssembly.Memory({ initial: 256, maximum: 256 + Math.ceil((memoryLimit * 1024 * 1024) / page) });
const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(RELEASE_SYNC, { wasmMemory }));

function createSandbox() {
  const runtime = quickjs.newRuntime({ memoryLimitBytes: memoryLimit * 1024 * 1024, maxStackSizeBytes: 256 * 1024 });
  const context = runtime.newContext();
  const sandbox = { runtime, context, deadline: Infinity, interrupted: false };
  runtime.setInterruptHandler(() => {
    sandbox.interrupted ||= performance.now() > sandbox.deadline;
    return sandbox.interrupted;
  });
  const uuid = context.newFunction('__uuid', () => context.newString(randomUUID()));
  context.setProp(context.global, '__uuid', uuid);
  uuid.dispose();
  sandbox.begin = context.unwrapResult(context.evalCode(prelude, 'prelude.js'));
  return sandbox;
}

// The next batch finds its sandbox ready: building one costs more than most expressions do.
let ready = createSandbox();

function prepare() {
  ready ??= createSandbox();
}

function discard(sandbox) {
  try {
    sandbox.begin.dispose();
    sandbox.context.dispose();
    sandbox.runtime.dispose();
  } catch {
    // A runtime that ran out of memory cannot always be taken apart cleanly; its worker is then replaced.
    setImmediate(() => process.exit(3));
  }
}

function lineOf(stack) {
  const match = /<(?:evalScript|input)>:(\d+)/.exec(stack ?? '') ?? /<anonymous>:(\d+)/.exec(stack ?? '');
  return match ? Number(match[1]) : null;
}

function describe(sandbox, handle, index, sources) {
  const { context } = sandbox;
  let error;
  try {
    error = context.dump(handle);
  } catch {
    error = null;
  }
  handle.dispose();
  const which = sources.length > 1 ? `Expression ${index + 1} of ${sources.length}` : 'The expression';
  const begins = String(sources[index] ?? '').trim().split('\n', 1)[0].slice(0, 80);
  const told = (what, limit = null) => new AuthorError(`${which} ${what} It begins: ${begins}`, { index, line: null, limit });
  if (sandbox.interrupted) return told(`ran longer than the time limit of ${timeLimit} ms and was stopped.`, 'time');
  const message = typeof error === 'object' && error !== null ? String(error.message ?? '') : String(error);
  if (error === null || /out of memory|string too long/i.test(message)) return told(`needed more than the memory limit of ${memoryLimit} MB and was stopped.`, 'memory');
  if (/stack (overflow|size exceeded)/i.test(message)) return told('called itself too deeply and exceeded the stack limit.', 'stack');
  const line = lineOf(error?.stack);
  const name = error?.name ?? 'Error';
  const verb = name === 'SyntaxError' ? 'cannot be read' : 'failed';
  return new AuthorError(
    `${which} ${verb}${line ? ` at line ${line}` : ''}: ${name}: ${message.replace(/\.?$/, '.')} It begins: ${begins}`,
    { index, line, limit: null });
}

function call(sandbox, owner, name, argument, index, sources) {
  const { context } = sandbox;
  const method = context.getProp(owner, name);
  const result = context.callFunction(method, owner, ...(argument ? [argument] : []));
  method.dispose();
  if (result.error) throw describe(sandbox, result.error, index, sources);
  return result.value;
}

function evaluate(batch) {
  const sandbox = ready ?? createSandbox();
  ready = null;
  const { context, runtime } = sandbox;
  const { sources } = batch;
  let session;
  try {
    sandbox.deadline = performance.now() + timeLimit;
    const json = context.newString(JSON.stringify(batch));
    const begun = context.callFunction(sandbox.begin, context.undefined, json);
    json.dispose();
    if (begun.error) throw describe(sandbox, begun.error, 0, sources);
    session = begun.value;
    for (let index = 0; index < sources.length; index++) {
      const argument = context.newNumber(index);
      call(sandbox, session, 'run', argument, index, sources).dispose();
      argument.dispose();
      const jobs = runtime.executePendingJobs();
      if (jobs.error) throw describe(sandbox, jobs.error, index, sources);
    }
    const answer = call(sandbox, session, 'finish', null, 0, sources);
    const text = context.getString(answer);
    answer.dispose();
    return JSON.parse(text);
  } finally {
    session?.dispose();
    discard(sandbox);
  }
}

serve(evaluate, prepare);
