// A real SMTP server that keeps every accepted mail as one JSON line on standard output. Each acceptance takes a moment, so that a kill of
// the sender can fall between acceptance and its record.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(pathToFileURL(`${process.argv[2]}/`));
const { SMTPServer } = require('smtp-server');
const delay = Number(process.argv[3] ?? 0);

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onData(stream, session, done) {
    const chunks = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const id = /^message-id:\s*(<[^>]+>)/im.exec(text)?.[1] ?? null;
      console.log(JSON.stringify({ id, to: session.envelope.rcptTo.map((r) => r.address), text }));
      setTimeout(() => done(null, 'accepted'), delay);
    });
  },
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.server.address().port })));
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
