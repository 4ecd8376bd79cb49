import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ERROR_CODES } from '../src/domain/error-codes.ts';
import { DELIVERY_EVENTS } from '../src/domain/log-events/delivery-events.ts';
import { GITHUB_EVENTS } from '../src/domain/log-events/github-events.ts';
import { LOG_EVENTS } from '../src/domain/log-events/log-events.ts';
import { PROCESS_EVENTS } from '../src/domain/log-events/process-events.ts';
import { STORAGE_EVENTS } from '../src/domain/log-events/storage-events.ts';
import { SILENT } from './fixtures/logger.ts';

const SRC = join(import.meta.dirname, '..', 'src');

test('every declared warning and error is logged somewhere', () => {
  const sources = globSync('**/*.ts', { cwd: SRC })
    .filter((file) => !file.startsWith('domain/log-events/') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(SRC, file), 'utf8'))
    .join('\n');
  for (const code of Object.keys(LOG_EVENTS)) assert.ok(sources.includes(`'${code}'`), code);
});

test('an undeclared warning or error does not compile', () => {
  // @ts-expect-error a text is not a code
  SILENT.warn('Something happened');
  // @ts-expect-error the level of this event is warn
  SILENT.error('weak_secret');
  SILENT.warn('weak_secret');
});

test('a code is declared once, and is not also the code of an error', () => {
  const tables = [PROCESS_EVENTS, DELIVERY_EVENTS, STORAGE_EVENTS, GITHUB_EVENTS, ERROR_CODES];
  const codes = tables.flatMap((table) => Object.keys(table));
  assert.equal(new Set(codes).size, codes.length);
});

test('a message is unique, short, and not a sentence', () => {
  const messages = Object.values(LOG_EVENTS).map(({ message }) => message);
  assert.equal(new Set(messages).size, messages.length);
  for (const message of messages) assert.match(message, /^[A-Z].{3,78}[^.:]$/);
});
