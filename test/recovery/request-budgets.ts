/** How much of GitHub's rate limits the repair of a loss may cost. */
export interface RequestBudget {
  /** As the table in docs/recover.md names it. */
  readonly name: string;
  /** For each thousand runs of which something was lost, with all other requests made meanwhile. */
  readonly perThousandRuns: number;
  /** For each webhook that was lost. */
  readonly perWebhook: number;
}

/**
 * The budgets that docs/recover.md promises; test/recovery/recovered.test.ts and besieged.test.ts assert
 * them, and budget.test.ts that the document has them.
 */
export const BUDGETS = {
  lostAndLogged: {
    name: 'a fifth of the webhooks is lost; from the log',
    perThousandRuns: 10_000,
    perWebhook: 1.6,
  },
  lostInSilence: {
    name: 'a fifth of the webhooks is lost; from lists',
    perThousandRuns: 4000,
    perWebhook: 0.6,
  },
  down: { name: 'the service is down for an hour', perThousandRuns: 36_000, perWebhook: 1.4 },
  longerThanTheLog: {
    name: 'webhooks fail for a day longer than the log goes',
    perThousandRuns: 30_000,
    perWebhook: 1.1,
  },
  hostileLog: {
    name: 'a third is lost, and the API is hostile; from the log',
    perThousandRuns: 40_000,
    perWebhook: 3.5,
  },
  hostileLists: {
    name: 'a third is lost, and the API is hostile; from lists',
    perThousandRuns: 12_000,
    perWebhook: 1.5,
  },
} as const satisfies Readonly<Record<string, RequestBudget>>;
