// The pipe between the host and one worker: frames of a little-endian 32-bit length and UTF-8 text, one call at a time.
// A call is one line of JSON; what follows its line end, if anything, is data the worker passes on without reading it.
// A worker answers every frame with {ok, value | error, rss} and ends by itself when the host's end of the pipe closes.

const write = process.stdout.write.bind(process.stdout);
// The pipe belongs to answers; whatever a library prints goes beside it.
process.stdout.write = process.stderr.write.bind(process.stderr);

/** A failure whose message is meant for the author of the script or template. */
export class AuthorError extends Error {
  constructor(message, details) {
    super(message);
    this.details = details;
  }
}

/** A value that already is JSON text. */
export class Json {
  constructor(text) {
    this.text = text;
  }
}

// Asking for the resident memory costs as much as a small expression, and it changes slowly.
const callsBetweenLooks = 50;
let calls = 0;
let resident = 0;

function rss() {
  if (calls++ % callsBetweenLooks === 0) resident = process.memoryUsage.rss();
  return resident;
}

function send(json) {
  const length = Buffer.byteLength(json, 'utf8');
  const frame = Buffer.allocUnsafe(4 + length);
  frame.writeUInt32LE(length, 0);
  frame.write(json, 4, 'utf8');
  write(frame);
}

async function answer(handle, body) {
  try {
    const end = body.indexOf(10);
    const call = JSON.parse(body.toString('utf8', 0, end < 0 ? body.length : end));
    let value = handle(call, end < 0 ? '' : body.toString('utf8', end + 1));
    if (typeof value?.then === 'function') value = await value;
    return `{"ok":true,"value":${value instanceof Json ? value.text : JSON.stringify(value ?? null)},"rss":${rss()}}`;
  } catch (error) {
    return JSON.stringify(error instanceof AuthorError
      ? { ok: false, author: true, error: error.message, details: error.details ?? null, rss: rss() }
      : { ok: false, author: false, error: String(error?.stack ?? error), rss: rss() });
  }
}

/** @param handle answers one call. @param afterwards prepares the next one once the answer has left. */
export function serve(handle, afterwards = () => {}) {
  let pending = Buffer.alloc(0);
  let queue = Promise.resolve();
  process.stdin.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32LE(0)) {
      const length = pending.readUInt32LE(0);
      const body = pending.subarray(4, 4 + length);
      pending = pending.subarray(4 + length);
      queue = queue.then(async () => {
        send(await answer(handle, body));
        afterwards();
      });
    }
  });
  process.stdin.on('end', () => process.exit(0));
}
