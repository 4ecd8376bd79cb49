import type { Account } from '../model.ts';

/** The company that the demo watches. */
export const COMPANY: Account = { login: 'lumen-works', id: 41_548_062, type: 'Organization' };

/** Its engineers, who open pull requests, merge, approve and run things again. */
export const ENGINEERS: readonly Account[] = [
  'mira-holt',
  'jonas-ek',
  'adaeze-o',
  'tomasz-wrona',
  'priya-raman',
  'leo-marchetti',
  'sofia-lindgren',
  'daniel-okafor',
  'yuki-tanabe',
  'nadia-haddad',
  'marcus-oyelaran',
  'elena-petrova',
  'rafael-costa',
  'hannah-weiss',
  'kwame-asante',
  'ines-moreau',
  'arjun-mehta',
  'freya-nilsen',
  'carlos-ibanez',
  'grace-chen',
  'oskar-brandt',
  'leila-farouk',
  'ben-whitaker',
  'mei-lin-wu',
].map((login, place) => ({ login, id: 5_106_233 + place * 1_734_977, type: 'User' }));

export const RENOVATE: Account = { login: 'renovate[bot]', id: 29_139_614, type: 'Bot' };

/** Titles of pull requests, as engineers write them. */
export const TITLES: readonly string[] = [
  'Retry idempotent requests after a connection reset',
  'Show delivery dates in the time zone of the customer',
  'Cache price lookups per request',
  'Remove the legacy session cookie',
  'Paginate the audit log',
  'Fix rounding of totals with three decimals',
  'Move feature flags to the configuration service',
  'Add a health check for the message broker',
  'Validate postal codes before the order is placed',
  'Speed up cold starts by lazy loading of locales',
  'Handle refunds of partly shipped orders',
  'Log the reason when a token is rejected',
  'Upgrade to the new design tokens',
  'Split the order consumer into two workers',
  'Fix a race between shutdown and the last batch',
  'Limit uploads to 20 MB',
  'Use the replica for reports',
  'Make the search box keyboard accessible',
  'Drop unused columns of the customer table',
  'Rate limit password resets',
  'Add contract tests for the invoice API',
  'Rename Basket to Cart everywhere',
  'Send order events with a schema version',
  'Report Core Web Vitals',
  'Fix flicker of the cart badge in Safari',
  'Turn on strict null checks for the admin pages',
  'Export metrics of the connection pool',
  'Support gift cards in the express checkout',
];

/** Titles of pull requests by the bot. */
export const UPDATES: readonly string[] = [
  'Update dependency vite to v8.4.2',
  'Update actions/checkout action to v5',
  'Update dependency pydantic to v2.14.1',
  'Update module github.com/jackc/pgx/v5 to v5.9.0',
  'Update Gradle to v9.3',
  'Update dependency eslint to v10.2.0',
  'Update Terraform aws to v6.21.0',
  'Update docker/build-push-action action to v7',
];
