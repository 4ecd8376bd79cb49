import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { someHistory } from '../../test/fixtures/some-history.ts';
import { OPERATIONS } from '../api/read-api/operations.ts';
import { NO_FILTERS } from '../domain/queries.ts';
import { failures } from './failures.ts';
import { fakeReader } from './fake-reader.ts';
import { jobsSummary } from './jobs-summary.ts';
import { workflows } from './workflows.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const QUERY = {
  window: { fromMs: NOW - 600_000, toMs: NOW },
  filters: NO_FILTERS,
  isFlaky: false,
  causes: [],
  reasons: [],
  exitCode: undefined,
  step: '5m',
  webUrl: '',
  by: 'workflow',
  offset: 0,
  limit: 500,
} as const;
const QUESTIONS = { workflows, jobsSummary, failures };

for (const [operation, ask] of Object.entries(QUESTIONS))
  test(`${operation}: in every order that can be asked for, rows are in the order of what they show`, async () => {
    const { values } = OPERATIONS[operation as keyof typeof QUESTIONS].parameters.sort;
    await fc.assert(
      fc.asyncProperty(
        someHistory(NOW - 600_000),
        fc.constantFrom<string>(...values),
        async (history, sort) => {
          const { rows } = await ask(fakeReader({ nowMs: NOW, ...history }), { ...QUERY, sort });
          expectOrder(rows, sort);
        },
      ),
    );
  });

/** Null comes last, whichever the direction. */
function expectOrder(rows: readonly object[], sort: string): void {
  const field = sort.replace('-', '');
  const shown = rows.map((row) => (row as Readonly<Record<string, number | string | null>>)[field] ?? null);
  const known = shown.filter((value) => value !== null);
  const ascending = known.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const expected = sort.startsWith('-') ? ascending.toReversed() : ascending;
  assert.deepEqual(shown, [...expected, ...shown.filter((value) => value === null)]);
}
