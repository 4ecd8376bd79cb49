import { test } from 'node:test';
import type { Store } from '../../src/domain/contracts.ts';
import { DEPLOYMENT_CASES } from './deployment-cases.ts';
import { FORGET_CASES } from './forget-cases.ts';
import { HISTORY_CASES } from './history-cases.ts';
import { IN_FLIGHT_CASES } from './in-flight-cases.ts';
import { JOB_LIST_CASES } from './job-list-cases.ts';
import { JOB_NUMBER_CASES } from './job-number-cases.ts';
import { LINGERING_CASES } from './lingering-cases.ts';
import { LONG_TEXT_CASES } from './long-text-cases.ts';
import { OUTBOX_CASES } from './outbox-cases.ts';
import { QUEUE_CASES } from './queue-cases.ts';
import { RECOVERY_CASES } from './recovery-cases.ts';
import { REPEAT_CASES } from './repeat-cases.ts';
import { REPOSITORY_PROPERTY_CASES } from './repository-property-cases.ts';
import { RUN_LIST_CASES } from './run-list-cases.ts';
import { STATE_CASES } from './state-cases.ts';
import { NOW } from './store-case.ts';
import { ofBothOutboxes } from './tested-outbox.ts';
import { WEIGHTED_CASES } from './weighted-cases.ts';
import { WORKFLOW_CASES } from './workflow-cases.ts';
import { OWN_CLOCK_CASES, OWN_CLOCK_OUTBOX_CASES, WRONG_CLOCK_CASES } from './wrong-clock-cases.ts';

export interface TestStoreOptions {
  /** Whose time dates what is stored. */
  readonly time: 'of the process' | 'of the database';
}

/** A database under test: it can be reopened after it was closed, with its contents. */
export interface TestDatabase extends AsyncDisposable {
  open(options: { readonly clock: () => number }): Promise<Store>;
}

/** The promises of `Store`, as tests that every implementation has to pass. */
export function testStore(name: string, openDatabase: () => TestDatabase, { time }: TestStoreOptions): void {
  const cases = {
    ...QUEUE_CASES,
    ...STATE_CASES,
    ...IN_FLIGHT_CASES,
    ...LINGERING_CASES,
    ...ofBothOutboxes({ ...OUTBOX_CASES, ...REPEAT_CASES }),
    ...WEIGHTED_CASES,
    ...FORGET_CASES,
    ...DEPLOYMENT_CASES,
    ...RECOVERY_CASES,
    ...REPOSITORY_PROPERTY_CASES,
    ...JOB_NUMBER_CASES,
    ...LONG_TEXT_CASES,
    ...JOB_LIST_CASES,
    ...HISTORY_CASES,
    ...RUN_LIST_CASES,
    ...WORKFLOW_CASES,
    ...WRONG_CLOCK_CASES,
    ...(time === 'of the process' ? { ...OWN_CLOCK_CASES, ...ofBothOutboxes(OWN_CLOCK_OUTBOX_CASES) } : {}),
  };
  for (const [behaviour, body] of Object.entries(cases)) {
    test(`${name}: ${behaviour}`, async () => {
      await using database = openDatabase();
      await body((clock = () => NOW) => database.open({ clock }));
    });
  }
}
