import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { someHistory } from '../../test/fixtures/some-history.ts';
import { assertAnswers } from '../../test/openapi.ts';
import type { HistoryRecords } from '../domain/history.ts';
import { NO_FILTERS, type WorkflowOfDefaultBranch } from '../domain/queries.ts';
import type { ChosenLabel } from '../domain/repository-labels.ts';
import { cost } from './cost.ts';
import { fakeReader } from './fake-reader.ts';
import { queues } from './queues.ts';
import { workflows } from './workflows.ts';

/*
 * Grouping by a label of repositories. A team's numbers are those that one repository with one workflow would have to
 * which all of its repositories were moved.
 */

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-28T12:00:00Z');
const QUERY = {
  ...{ window: { fromMs: NOW - 10 * MINUTE, toMs: NOW }, filters: NO_FILTERS, step: '5m' as const },
  ...{ offset: 0, limit: 100 },
} as const;
/** `p/r` is of no team. */
const TEAMS: Readonly<Record<string, string>> = { 'o/r': 'web', 'o/s': 'web', 'q/r': 'ads' };

function label(name: string, value: string): ChosenLabel {
  return { label: name, value, from: 'file' };
}

const repositoryLabels = new Map(
  Object.entries(TEAMS).map(([name, team]) => [name, [label('area', 'x'), label('team', team)]]),
);

const stateOf = (repository: string, failures: number): WorkflowOfDefaultBranch => ({
  ...{ repository, workflow: 'CI', failures, failingSinceMs: null, failedRunId: null },
  ...{ lastRunMs: NOW, lastSuccessMs: null },
});
const workflowStates = [stateOf('o/r', 2), stateOf('o/s', 5), stateOf('q/r', 0)];

/** The same, with each team as a repository. */
function movedTogether(history: HistoryRecords): HistoryRecords {
  const moved = Object.entries(history).map(([kind, records]) => [
    kind,
    records.map((each: { readonly repository: string }) => ({
      ...each,
      ...{ repository: `team=${TEAMS[each.repository] ?? 'none'}`, workflow: 'all' },
    })),
  ]);
  return Object.fromEntries(moved) as HistoryRecords;
}

const ASKED = { by: 'repository_label', label: 'team' } as const;
const COMMON = { nowMs: NOW, beginsAtMs: 0, repositoryLabels, workflowStates };

test('queue times by team are those of its repositories together, also of the window before', async () => {
  await fc.assert(
    fc.asyncProperty(someHistory(NOW - 10 * MINUTE), async (history) => {
      const query = { ...QUERY, sort: '-total_seconds' };
      const answer = await queues(fakeReader({ ...COMMON, ...history }), { ...query, ...ASKED });
      assertAnswers('Queues', answer);
      const together = fakeReader({ ...COMMON, ...movedTogether(history) });
      const expected = await queues(together, { ...query, by: 'repository' });
      const renamed = ({ repository, ...rest }: object & { readonly repository?: string }) => ({
        ...{ repository_label: repository },
        ...rest,
      });
      assert.deepEqual(answer.summary, expected.summary.map(renamed));
      assert.deepEqual(answer.series, expected.series.map(renamed));
      assert.deepEqual([answer.total, answer.groups], [expected.total, expected.groups]);
    }),
  );
});

test('workflows by team have the runs, failures, waits and money of its repositories together', async () => {
  await fc.assert(
    fc.asyncProperty(someHistory(NOW - 10 * MINUTE), async (history) => {
      const query = { ...QUERY, sort: 'repository' };
      const answer = await workflows(fakeReader({ ...COMMON, ...history }), { ...query, ...ASKED });
      assertAnswers('Workflows', answer);
      const together = fakeReader({ ...COMMON, ...movedTogether(history), workflowStates: [] });
      const expected = await workflows(together, { ...query, by: 'workflow' });
      const inARow: Readonly<Record<string, number | null>> = { 'team=web': 5, 'team=ads': 0 };
      assert.deepEqual(
        answer.rows,
        expected.rows.map(({ repository = '', workflow: _, ...row }) => ({
          ...{ ...row, repository_label: repository, strip: [] },
          consecutive_failures: inARow[repository] ?? null,
        })),
      );
    }),
  );
});

test('filters narrow the failures in a row of a team too', async () => {
  const reader = fakeReader({
    ...COMMON,
    ...(fc.sample(someHistory(NOW - 10 * MINUTE), 50).find(hasWeb) ?? {}),
  });
  const filters = { ...NO_FILTERS, repository: ['o/r'] };
  const { rows } = await workflows(reader, { ...QUERY, ...ASKED, filters, sort: '-runs' });
  assert.deepEqual(
    rows.map((row) => [row.repository_label, row.consecutive_failures]),
    [['team=web', 2]],
  );
});

function hasWeb({ finishedRuns }: HistoryRecords): boolean {
  return finishedRuns.some(
    ({ repository, endedAtMs }) =>
      repository === 'o/r' && endedAtMs < NOW && endedAtMs >= QUERY.window.fromMs,
  );
}

test('without a label it is the first, and one that is not there is refused', async () => {
  const answers = { queues, workflows, cost };
  for (const [name, ask] of Object.entries(answers)) {
    const query = { ...QUERY, sort: '-runs', paging: { sort: '-dollars', offset: 0, limit: 9 } };
    const by = (asked: string | undefined, reader = fakeReader(COMMON)) =>
      (ask as typeof queues)(reader, { ...query, by: 'repository_label', label: asked });
    assert.deepEqual((await by(undefined)).group_labels, ['area', 'team'], name);
    await assert.rejects(
      by('squad'),
      { code: 'name_unknown', message: /"squad"\. There are area, team\./ },
      name,
    );
    await assert.rejects(by(undefined, fakeReader({ nowMs: NOW })), { code: 'name_unknown' }, name);
    assert.deepEqual(
      (await (ask as typeof queues)(fakeReader({ nowMs: NOW }), { ...query, by: 'workflow' })).group_labels,
      [],
    );
  }
});
