import type { Account } from '../model.ts';
import { type BilledUse, readUse } from './billed-use.ts';
import type { ApiContext, Endpoint } from './endpoint.ts';
import { isEnterprise, OTHER_ORGANIZATION } from './enterprise.ts';
import type { ApiRequest } from './request.ts';
import { type ApiResponse, notFound, ok, refuse } from './response.ts';

/*
 * What is billed: https://docs.github.com/en/rest/billing/usage. The old endpoints, such as
 * /orgs/{org}/settings/billing/actions, answer 410.
 */

const PERIOD = ['year', 'month', 'day'] as const;

export const BILLING_ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/organizations/{org}/settings/billing/usage',
    access: { to: 'organization', permission: 'organization_administration' },
    parameters: PERIOD,
    answer: (request, context) =>
      answerFor(context.directory.account(request.path.org), request, context, usageItem),
  },
  {
    method: 'GET',
    path: '/users/{username}/settings/billing/usage',
    access: { to: 'user', permission: 'plan' },
    parameters: PERIOD,
    answer: (request, context) =>
      answerFor(context.directory.account(request.path.username), request, context, withoutOrganization),
  },
  {
    method: 'GET',
    path: '/enterprises/{enterprise}/settings/billing/usage',
    access: { to: 'enterprise', permission: 'enterprise_billing' },
    parameters: PERIOD,
    answer(request, context) {
      if (!isEnterprise(request.path.enterprise)) return notFound();
      const { organization } = context.history.world.population;
      return answerFor(organization, request, context, usageItem, [labsCopilot]);
    },
  },
];

/** Of an organization of the enterprise whose work is not simulated. */
function labsCopilot(day: string): BilledUse {
  return {
    ...{
      day,
      product: 'copilot',
      sku: 'copilot_for_business',
      unit: 'user-months',
      organization: OTHER_ORGANIZATION,
    },
    ...{ repository: null, quantity: 0.0333333333, price: 19, gross: 0.6333333327, discount: 0 },
  };
}

function answerFor(
  account: Account | undefined,
  { query }: ApiRequest,
  context: ApiContext,
  bodyOf: (use: BilledUse) => object,
  extra: readonly ((day: string) => BilledUse)[] = [],
): ApiResponse {
  if (account === undefined) return notFound();
  const now = new Date(context.history.nowMs());
  const given = PERIOD.map((name) => Number(query.get(name) ?? Number.NaN));
  if (given.some((value) => !Number.isNaN(value) && !Number.isInteger(value)))
    return refuse(400, 'Bad Request');
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = given;
  const wanted = [year || now.getUTCFullYear(), month || (day ? now.getUTCMonth() + 1 : null), day || null]
    .filter((part) => part !== null)
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
  const all = readUse(account, context);
  const days = [...new Set(all.map((each) => each.day))];
  const items = [...all, ...days.flatMap((each) => extra.map((make) => make(each)))];
  return ok({ usageItems: items.filter((each) => each.day.startsWith(wanted)).map(bodyOf) });
}

function usageItem(use: BilledUse): object {
  return { ...withoutOrganization(use), organizationName: use.organization };
}

/** GitHub spells the same thing in two ways, and leaves out the repository of what belongs to none. */
function withoutOrganization(use: BilledUse): object {
  return {
    date: `${use.day}T00:00:00Z`,
    product: use.product,
    sku: use.sku,
    quantity: rounded(use.quantity),
    unitType: use.unit,
    pricePerUnit: use.price,
    grossAmount: rounded(use.gross),
    discountAmount: rounded(use.discount),
    netAmount: rounded(use.gross - use.discount),
    ...(use.repository !== null && { repositoryName: use.repository }),
  };
}

/** Amounts have ten decimals. */
function rounded(amount: number): number {
  return Number(amount.toFixed(10));
}
