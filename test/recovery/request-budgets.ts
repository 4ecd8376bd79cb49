/** What the repair of a loss may cost of GitHub's rate limits. */
export interface RequestBudget {
  /** As the table in docs/operations.md names it. */
  readonly name: string;
  /** For each thousand runs of which something was lost, with whatever else is asked meanwhile. */
  readonly perThousandRuns: number;
  /** For each webhook that was lost. */
  readonly perWebhook: number;
}

/** The budgets that docs/operations.md promises; test/recovery/recovered.test.ts asserts them and that the document has them. */
export const BUDGETS = {
  lostAndLogged: {
    name: 'a fifth of the webhooks is lost; from the log',
    perThousandRuns: 11_000,
    perWebhook: 1.7,
  },
  lostInSilence: {
    name: 'a fifth of the webhooks is lost; from lists',
    perThousandRuns: 3500,
    perWebhook: 0.5,
  },
  down: { name: 'the service is down for an hour', perThousandRuns: 40_000, perWebhook: 1.5 },
  longerThanTheLog: {
    name: 'webhooks fail for a day longer than the log goes',
    perThousandRuns: 33_000,
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
