import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Random } from '../../simulator/random.ts';
import { damage, damageJson, damageText, randomBytes } from './mutate.ts';
import { type Header, type RawRequest, rawRequest } from './raw-request.ts';

/*
 * Real deliveries, damaged in content and in form.
 */

export const PATH = '/webhook';
const EVENTS = ['workflow_dispatch', 'workflow_job', 'workflow_run'];

interface Example {
  readonly event: string;
  readonly payload: object;
}

const EXAMPLES = readExamples();

function readExamples(): Example[] {
  const file = fileURLToPath(import.meta.resolve('@octokit/webhooks-examples'));
  const events: { name: string; examples: object[] }[] = JSON.parse(readFileSync(file, 'utf8'));
  return events
    .filter(({ name }) => EVENTS.includes(name))
    .flatMap(({ name, examples }) => examples.map((payload) => ({ event: name, payload })));
}

/** A delivery that is correct, or wrong in one or several respects. */
export function webhookRequest(random: Random, secret: string): RawRequest {
  const { event, payload } = random.pick(EXAMPLES);
  const isForm = random.chance(0.2);
  const body = bodyOf(payload, isForm, random);
  const headers: Header[] = [
    ['Host', 'localhost'],
    ['User-Agent', 'GitHub-Hookshot/c519d58'],
    ['Content-Type', isForm ? 'application/x-www-form-urlencoded' : 'application/json'],
    ['X-GitHub-Event', random.chance(0.05) ? random.pick(['ping', 'push', '', 'x'.repeat(201)]) : event],
    ['X-GitHub-Delivery', random.hex(32)],
    ['X-Hub-Signature-256', signatureOf(body, secret, random)],
  ];
  if (random.chance(0.3)) spoil(headers, random);
  const method = random.chance(0.05)
    ? random.pick(['GET', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE'])
    : 'POST';
  const path = random.chance(0.05)
    ? random.pick(['/', '/livez', '/webhook/', '/webhook?a=b', '//webhook'])
    : PATH;
  return rawRequest({ method, path, headers, body }, random);
}

function bodyOf(payload: object, isForm: boolean, random: Random): Buffer {
  const value = random.chance(0.7) ? damageJson(payload, random) : payload;
  const whole = JSON.stringify(value) ?? '';
  const json = random.chance(0.1) ? damageText(whole, random) : whole;
  const text = isForm ? new URLSearchParams({ payload: json }).toString() : json;
  const bytes = Buffer.from(text);
  return random.chance(0.1) ? damage(bytes, random) : bytes;
}

/** Mostly valid, so that signed requests get far. */
function signatureOf(body: Buffer, secret: string, random: Random): string {
  const right = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  if (random.chance(0.7)) return right;
  return random.pick([
    `sha256=${random.hex(64)}`,
    right.slice(0, random.int(0, right.length)),
    right.toUpperCase(),
    right.replace('sha256', 'sha1'),
    `${right}, ${right}`,
    '',
  ]);
}

/** Removes, duplicates, or adds. */
function spoil(headers: Header[], random: Random): void {
  const at = random.int(0, headers.length - 1);
  const [name] = headers[at] ?? ['Host'];
  const many = Array.from({ length: random.int(1, 300) }, (_, index): Header => [`X-${index}`, 'y']);
  const addresses = Array.from({ length: random.int(0, 50) }, () =>
    random.pick(['127.0.0.1', '10.1.2.3:80', '[::1]:9', '::ffff:1.2.3.4', 'unknown', '', 'fe80::1%eth0']),
  );
  const changes: readonly (() => void)[] = [
    () => void headers.splice(at, 1),
    () => void headers.push([name, random.pick(['', 'x', 'a, b'])]),
    () => void headers.push(['Content-Encoding', random.pick(['gzip', 'br', 'identity', ''])]),
    () => void headers.push(['X-Forwarded-For', addresses.join(random.pick([',', ', ']))]),
    () => void headers.push(['Expect', random.pick(['100-continue', 'x'])]),
    () => void headers.push(['X-Big', 'y'.repeat(random.int(1, 20_000))]),
    () =>
      void headers.push([
        'X-Odd',
        randomBytes(20, random)
          .toString('latin1')
          .replace(/[\r\n]/g, ' '),
      ]),
    () => void headers.push(...many),
  ];
  random.pick(changes)();
}

/** A body that is compressed, and says so or not. */
export function compressedRequest(random: Random): RawRequest {
  const body = gzipSync(Buffer.alloc(random.int(0, 1_000_000)));
  const headers: Header[] = [
    ['Host', 'x'],
    ['Content-Type', 'application/json'],
    ['X-Hub-Signature-256', `sha256=${random.hex(64)}`],
    ...(random.chance(0.5) ? ([['Content-Encoding', 'gzip']] as const) : []),
  ];
  return rawRequest({ method: 'POST', path: PATH, headers, body }, random);
}
