import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { LEADS } from '../../test/fixtures/lead.ts';
import { SILENT } from '../../test/fixtures/logger.ts';
import { listening } from '../../test/fixtures/push-server.ts';
import type { Settlement } from '../domain/outbox.ts';
import type { Outbox } from '../domain/outbox-contract.ts';
import { SAMPLE_METRICS } from '../domain/outbox-counts.ts';
import { completeUrl } from '../outbound/endpoint-url.ts';
import { DIRECT } from '../outbound/network.ts';
import { outcomeOf } from '../outbound/outcome.ts';
import type { WireFormat } from '../outbound/wire-format.ts';
import { Dispatcher } from './dispatcher.ts';
import { HttpReceiver } from './http-receiver.ts';
import { openSender } from './open-sender.ts';
import type { Stream } from './stream.ts';

/*
 * What it takes to send another kind of entries by another protocol: this format, and nothing of what is around it.
 */

/** A word of some letters, each of which counts. */
interface Word {
  readonly letters: string;
}

/** A line for each word. The server takes so many letters at once, and no word with an `x`. */
const WORDS: WireFormat<Word> = {
  headers: { 'Content-Type': 'text/x-words' },
  encode: async (words) => {
    const blank = words.findIndex(({ letters }) => letters === '');
    if (blank === 0) return { problem: 'the word is empty' };
    const good = words.slice(0, blank === -1 ? words.length : blank);
    const body = Buffer.from(good.map(({ letters }) => `${letters}\n`).join(''));
    return { count: good.length, payload: { body }, problem: null };
  },
  outcomeOf: (answer) =>
    'body' in answer && answer.status === 200 && answer.body.length > 0
      ? { kind: 'sent', rejected: { count: answer.body.length, reason: 'unwanted letters' } }
      : outcomeOf(answer),
  encodeEmpty: async () => ({ body: Buffer.from('') }),
};

const STREAM: Stream<Word> = {
  unit: 'samples',
  metrics: SAMPLE_METRICS,
  rejectedEvent: 'samples_rejected',
  droppedEvent: 'samples_dropped',
  weigh: ({ letters }) => Math.max(1, letters.length),
  brief: (word) => word,
};

function outboxOf(words: readonly Word[]) {
  const settlements: Settlement<Word>[] = [];
  const positions = words.map((_, at) => 1 + weightOf(words.slice(0, at)));
  let next = 1;
  const outbox: Partial<Outbox<Word>> = {
    async read(_, limit) {
      const rest = words.slice(positions.indexOf(next));
      const entries =
        next > weightOf(words)
          ? []
          : rest.filter((_, at) => at === 0 || weightOf(rest.slice(0, at + 1)) <= limit);
      return { entries, endSeq: next + weightOf(entries), isRepeat: false };
    },
    place: async () => ({ nextSeq: next, takenSeq: next, safeSeq: next, process: null }),
    async settle(settlement) {
      settlements.push(settlement);
      next = settlement.endSeq;
    },
  };
  return { outbox: outbox as Outbox<Word>, settlements, isDone: () => next > weightOf(words) };
}

function weightOf(words: readonly Word[]): number {
  return words.reduce((sum, word) => sum + STREAM.weigh(word), 0);
}

/** Takes up to so many letters in a request, none with an `x`, and says how many `y` it did not want. */
async function startServer(mostLetters: number) {
  const taken: string[] = [];
  const server = createServer(async (request, response) => {
    const text = Buffer.concat(await Array.fromAsync(request)).toString();
    const words = text.split('\n').slice(0, -1);
    const status = words.join('').length > mostLetters ? 413 : text.includes('x') ? 400 : 200;
    if (status === 200) taken.push(...words);
    response.writeHead(status).end(status === 200 ? text.replace(/[^y]/g, '') : undefined);
  });
  return Object.assign(await listening(server), { taken });
}

async function sendAll(
  words: readonly Word[],
  port: number,
  batchSize: number,
): Promise<readonly Settlement<Word>[]> {
  const url = `http://127.0.0.1:${port}`;
  const path = completeUrl(url, () => ({ path: '/words' }));
  const plain = { headers: {}, basicAuth: null, bearerToken: null, network: DIRECT, version: '0' };
  const way = openSender({ ...plain, url, timeoutMs: 30_000 }, path);
  const { outbox, settlements, isDone } = outboxOf(words);
  const dispatcher = new Dispatcher({
    ...{ sink: 'words', stream: STREAM, outbox, receiver: new HttpReceiver({ ...way, format: WORDS }) },
    ...{ meter: { add() {} }, clock: () => 0, logger: SILENT, lead: LEADS },
    ...{ batchSize, batchAgeMs: 1, resendWindowMs: 1000, random: () => 0 },
  });
  while (!isDone()) await nextTurn();
  await dispatcher.close(1000);
  return settlements;
}

test('entries of any kind and weight are sent once, in order, by any protocol; bad ones are set aside', async () => {
  const word = fc.string({ unit: fc.constantFrom(...'aby'), minLength: 1, maxLength: 9 });
  const odd = fc.constantFrom('', 'x', 'axa');
  const words = fc.array(fc.oneof({ weight: 6, arbitrary: word }, { weight: 1, arbitrary: odd }), {
    maxLength: 12,
  });
  const property = fc.asyncProperty(words, fc.integer({ min: 9, max: 30 }), async (texts, batchSize) => {
    await using server = await startServer(12);
    const settlements = await sendAll(
      texts.map((letters) => ({ letters })),
      server.port,
      batchSize,
    );
    const isBad = (text: string) => text === '' || text.includes('x');
    assert.deepEqual(
      server.taken,
      texts.filter((text) => !isBad(text)),
    );
    assert.deepEqual(
      settlements.flatMap(({ dead }) => dead.map(({ letters }) => letters)),
      texts.filter(isBad),
    );
    const unwanted = settlements.reduce((sum, { rejectedCount = 0 }) => sum + rejectedCount, 0);
    assert.equal(unwanted, server.taken.join('').replace(/[^y]/g, '').length);
  });
  await fc.assert(property, { numRuns: 40 });
});

test('a receiver that does not know the protocol refuses us, and nothing is set aside', async () => {
  // elastic/apm-server#9036: a server that can't decompress answers 400, and the data was dropped.
  const server = await listening(createServer((_, response) => response.writeHead(400).end('wireType 7')));
  await using _ = server;
  const url = `http://127.0.0.1:${server.port}`;
  const plain = { headers: {}, basicAuth: null, bearerToken: null, network: DIRECT, version: '0' };
  const way = openSender(
    { ...plain, url, timeoutMs: 30_000 },
    completeUrl(url, () => ({ path: '/words' })),
  );
  const receiver = new HttpReceiver({ ...way, format: WORDS });
  const { outcome } = await receiver.send([{ letters: 'a' }]);
  await receiver.close();
  assert.equal(outcome.kind, 'refused');
  assert.match('hint' in outcome ? (outcome.hint ?? '') : '', /refuses a request without content as well/);
});
