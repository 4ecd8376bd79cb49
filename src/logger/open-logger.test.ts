import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Logger } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { LOG_EVENTS } from '../domain/log-events/log-events.ts';
import { type LoggerOptions, openLogger } from './open-logger.ts';

type Line = Record<string, unknown>;

function openRecorder(options: Partial<LoggerOptions> = {}): {
  logger: Logger;
  lines: string[];
  parsed: () => Line[];
} {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = openLogger({ level: () => 'info', format: 'json', destination, ...options });
  return { logger, lines, parsed: () => lines.map((line) => JSON.parse(line) as Line) };
}

test('a line is one JSON object with level, time, code, msg and the fields', () => {
  const { logger, lines, parsed } = openRecorder({ fields: { thread: 'engine' } });
  logger.child({ part: 'store' }).warn('delivery_retried', { delivery: 'g', count: 2 });
  assert.match(lines[0] ?? '', /^\{.*\}\n$/);
  const [{ time, ...line } = {}] = parsed();
  assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(line, {
    level: 'warn',
    thread: 'engine',
    part: 'store',
    delivery: 'g',
    count: 2,
    code: 'delivery_retried',
    msg: LOG_EVENTS.delivery_retried.message,
  });
});

test('lines below the level are not written', () => {
  const { logger, parsed } = openRecorder({ level: () => 'warn' });
  logger.debug('a');
  logger.info('b');
  logger.warn('weak_secret');
  logger.child({ x: 1 }).info('d');
  logger.error('bug');
  assert.deepEqual(
    parsed().map(({ level }) => level),
    ['warn', 'error'],
  );
});

test('an error is logged with type, message, code, hint, stack and cause', () => {
  const { logger, parsed } = openRecorder();
  const cause = new TypeError('deep');
  logger.error('start_failed', {
    err: new AntError('store_locked', 'in use', { hint: 'stop the other', cause }),
  });
  const { err } = parsed()[0] as { err: Line & { cause: Line } };
  assert.deepEqual(Object.keys(err), ['type', 'message', 'code', 'hint', 'stack', 'cause']);
  assert.deepEqual(
    [err.type, err.message, err.code, err.hint],
    ['AntError', 'in use', 'store_locked', 'stop the other'],
  );
  assert.match(String(err.stack), /open-logger\.test\.ts/);
  assert.deepEqual([err.cause.type, err.cause.message], ['TypeError', 'deep']);
});

test('no secret gets into a line: by key, by pattern, in a child, in an error, in the message, in a key', () => {
  const token = 'ghp_0123456789abcdefABCDEF';
  const { logger, lines } = openRecorder({ fields: { url: `https://u:hunter2@h/` } });
  const error = Object.assign(new Error(`refused ${token}`, { cause: { authorization: 'hunter2' } }), {
    code: token,
  });
  logger.child({ token: 'hunter2', more: [token] }).info(`with ${token}`, {
    err: error,
    other: error,
    webhookSecrets: ['hunter2'],
    password: 2222222,
    headers: { 'X-Hub-Signature-256': 'hunter2', accept: '*/*' },
    map: new Map([['cookie', 'hunter2']]),
    list: new Set([new URL('https://u:hunter2@h/')]),
    [token]: 1,
  });
  assert.equal(lines.length, 1);
  assert.doesNotMatch(lines[0] ?? '', /hunter2|ghp_|2222222/);
  assert.match(lines[0] ?? '', /"accept":"\*\/\*"/);
});

test('fields can’t replace the logger’s own keys', () => {
  const { logger, parsed } = openRecorder();
  logger.info('real', { msg: 'forged', level: 'fatal', time: 0 });
  logger.error('bug', { code: 'forged' });
  const { msg, level, msg_, level_, time_ } = parsed()[0] ?? {};
  assert.deepEqual([msg, level, msg_, level_, time_], ['real', 'info', 'forged', 'fatal', 0]);
  assert.equal(parsed()[1]?.['code'], 'bug');
});

test('a line is bounded and valid JSON whatever the fields are', () => {
  const { logger, lines, parsed } = openRecorder();
  const circular: Line = {
    big: 10n,
    bytes: new Uint8Array(5),
    call: assert.ok,
    when: new Date(0),
    never: new Date(Number.NaN),
  };
  for (let i = 0; i < 50; i++) circular[`self${i}`] = circular;
  logger.info('x'.repeat(100_000), { circular, long: 'y'.repeat(100_000) });
  assert.ok((lines[0] ?? '').length < 50_000, `${lines[0]?.length}`);
  const line = parsed()[0] as { circular: Line };
  const { big, bytes, call, when, never } = line.circular;
  assert.deepEqual(
    [big, bytes, call, when, never],
    ['10', '<5 bytes>', 'function ok', '1970-01-01T00:00:00.000Z', 'invalid date'],
  );
});

test('text is one readable line, which can neither forge another nor control the terminal', () => {
  const { logger, lines } = openRecorder({ format: 'text' });
  logger.info('Ready', {
    api: { port: 9876 },
    name: 'a b',
    evil: 'x\n2026 ERROR \u001b[31m\u009b',
    list: ['p', null],
  });
  logger.info('two\nlines');
  assert.match(
    lines[0] ?? '',
    /^2\S+Z INFO {2}Ready api\.port=9876 name="a b" evil="x\\n2026 ERROR \\u001b\[31m\\u009b" list\.0=p list\.1=null\n$/,
  );
  assert.match(lines[1] ?? '', /^\S+ INFO {2}two\\u000alines\n$/);
});

test('as text, an expected error is a sentence and a hint without a stack; a bug has its stack and cannot forge a line', () => {
  const { logger, lines } = openRecorder({ format: 'text' });
  const cause = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
  const err = new AntError('listen_failed', 'port 8080 is in use', {
    hint: 'stop the other\nERROR forged',
    cause,
  });
  logger.error('start_failed', { err, port: 8080 });
  assert.match(
    lines[0] ?? '',
    /^\S+Z ERROR Start failed: port 8080 is in use \(listen_failed\) port=8080 code=start_failed\n {4}hint: stop the other\\u000aERROR forged\n$/,
  );
  logger.error('bug', { err: new TypeError('oops\u001b', { cause }) });
  assert.match(
    lines[1] ?? '',
    /^\S+ ERROR Bug; stopping at once: oops\\u001b code=bug\n( {4}.*\n)+ {4}caused by: listen EADDRINUSE \(EADDRINUSE\)\n/,
  );
  assert.match(lines[1] ?? '', /\n {4} {4}at .*open-logger\.test\.ts/);
  assert.ok(!lines[1]?.includes('\u001b') && !/\n\S/.test(lines[1] ?? ''));
});
