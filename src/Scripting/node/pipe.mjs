// The pipe between the host and one worker: frames of a little-endian 32-bit length and UTF-8 JSON, one call at a time.
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

function send(answer) {
  const body = Buffer.from(JSON.stringify(answer), 'utf8');
  const frame = Buffer.allocUnsafe(4 + body.length);
  frame.writeUInt32LE(body.length, 0);
  body.copy(frame, 4);
  write(frame);
}

async function answer(handle, body) {
  try {
    const value = await handle(JSON.parse(body.toString('utf8')));
    return { ok: true, value: value ?? null };
  } catch (error) {
    return error instanceof AuthorError
      ? { ok: false, author: true, error: error.message, details: error.details ?? null }
      : { ok: false, author: false, error: String(error?.stack ?? error) };
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
        const result = await answer(handle, body);
        send({ ...result, rss: process.memoryUsage.rss() });
        setImmediate(afterwards);
      });
    }
  });
  process.stdin.on('end', () => process.exit(0));
}
