import type { DatabaseSync } from 'node:sqlite';
import { DOMAIN } from '../../domain/catalogue.ts';
import type { RunState } from '../../domain/lifecycle/state.ts';
import { isHeld } from '../../domain/lifecycle/status.ts';
import { type GaugeReading, readingOf } from '../../domain/metric.ts';

/** How the workflows of default branches are doing. */
export interface WorkflowTable {
  /** Notes a run of a default branch that is completed; others change nothing. Any order of runs ends in the same. */
  note(run: RunState): void;
  readings(): GaugeReading[];
}

const NOTE = `
  INSERT INTO workflows VALUES (:repository, :workflow, :endMs, :successMs)
  ON CONFLICT (repository, workflow) DO UPDATE SET
    last_run_ms = MAX(last_run_ms, excluded.last_run_ms),
    last_success_ms = CASE
      WHEN last_success_ms IS NULL OR excluded.last_success_ms IS NULL
        THEN COALESCE(last_success_ms, excluded.last_success_ms)
      ELSE MAX(last_success_ms, excluded.last_success_ms)
    END`;

const READ = `
  SELECT repository, workflow, last_run_ms AS lastRunMs, last_success_ms AS lastSuccessMs, (
    SELECT COUNT(*) FROM runs
    WHERE runs.repository = workflows.repository AND runs.workflow = workflows.workflow
      AND branch = 'default' AND status = 'completed' AND updated_at_ms > COALESCE(last_success_ms, 0)
      AND conclusion IN ('failure', 'timed_out', 'startup_failure')
  ) AS failures
  FROM workflows`;

export function openWorkflowTable(database: DatabaseSync): WorkflowTable {
  const note = database.prepare(NOTE);
  const read = database.prepare(READ);
  return {
    note(run) {
      const { repository, workflow, branch, status, conclusion, updatedAtMs: endMs } = run;
      if (branch !== 'default' || status !== 'completed' || endMs === null || isHeld(run)) return;
      note.run({ repository, workflow, endMs, successMs: conclusion === 'success' ? endMs : null });
    },
    readings: () =>
      read.all().flatMap((row) => {
        const labels = [String(row['repository']), String(row['workflow'])];
        const lastSuccessMs = row['lastSuccessMs'];
        return [
          readingOf(DOMAIN.lastRun, labels, Number(row['lastRunMs']) / 1000),
          ...(typeof lastSuccessMs === 'number'
            ? [readingOf(DOMAIN.lastSuccess, labels, lastSuccessMs / 1000)]
            : []),
          readingOf(DOMAIN.consecutiveFailures, labels, Number(row['failures'])),
        ];
      }),
  };
}
