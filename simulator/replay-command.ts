import {
  type CommandIo,
  readFlags,
  readSending,
  requireSecret,
  SENDING_FLAGS,
  SENDING_HELP,
  wrong,
} from './command-line.ts';
import { confirmTarget } from './confirm-target.ts';
import { stopSignal } from './pause.ts';
import { readRecordings } from './recording.ts';
import { sendAll } from './send-all.ts';
import { refusals } from './sender.ts';
import { type SignedRequest, signatures } from './signed-request.ts';

export const replayHelp = `Usage: ant-watcher replay [flags] FILE…

Sends recorded deliveries: the bodies byte for byte, with the recorded headers. FILE is a file of JSON
lines (.jsonl), a JSON file, or a folder of such files. Each record is

  { "headers": { "X-GitHub-Event": "workflow_job", … }, "body": "the text as it was received" }

A body may also be a JSON value instead of text. Deliveries that the service has already seen count as duplicates.

  --url URL          where to send to (default http://127.0.0.1:8080/webhook)
  --keep-signature   send the recorded signature instead of a new one (no secret needed)
${SENDING_HELP}

Exits with 1 when a delivery was not answered 2xx. Examples:
  ant-watcher replay deliveries.jsonl
  ant-watcher replay --concurrency 1 --rate 50 captured/
`;

const FLAGS = { ...SENDING_FLAGS, 'keep-signature': { type: 'boolean', default: false } } as const;

/** Headers of the connection that a delivery was recorded from, not of the delivery. */
const CONNECTION_HEADERS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'expect',
]);
const SIGNATURE_HEADERS = new Set(['x-hub-signature', 'x-hub-signature-256']);

/**
 * `ant-watcher replay`: returns the exit code. Progress and summary go to `stderr`. Rejects with an AntError
 * for an invalid command line, for a file that is not a recording, and when the target is unreachable.
 */
export async function runReplay(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = readFlags('replay', args, FLAGS);
  if (values.help) {
    io.stdout.write(replayHelp);
    return 0;
  }
  if (positionals.length === 0) throw wrong('replay', 'replay needs the name of at least one file');
  const secret = values['keep-signature'] ? undefined : requireSecret('replay', values.secret, io.env);
  const sending = readSending('replay', values);
  await confirmTarget('replay', { url: sending.url, isSure: values.yes }, io);
  using stop = stopSignal(io.signal);
  let read = 0;
  async function* requests(): AsyncGenerator<SignedRequest> {
    for await (const recorded of readRecordings(positionals)) {
      if (stop.signal.aborted) return;
      read++;
      yield readdress(recorded, secret);
    }
  }
  const position = () => `${read} read`;
  const sent = await sendAll(requests(), sending, { stderr: io.stderr, signal: stop.signal, position });
  return refusals(sent) === 0 ? 0 : 1;
}

/** The recorded delivery ready to be sent again: with a new signature when there is a secret. */
function readdress({ headers, body }: SignedRequest, secret: string | undefined): SignedRequest {
  const isKept = ([name]: [string, string]) =>
    !CONNECTION_HEADERS.has(name.toLowerCase()) &&
    (secret === undefined || !SIGNATURE_HEADERS.has(name.toLowerCase()));
  const kept = Object.fromEntries(Object.entries(headers).filter(isKept));
  return { headers: secret === undefined ? kept : { ...kept, ...signatures(body, secret) }, body };
}
