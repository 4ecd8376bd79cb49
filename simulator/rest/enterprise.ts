import type { ApiContext } from './endpoint.ts';

/*
 * The simulated company's enterprise account. Its organizations are the one that is simulated, and one that only has
 * bills.
 */

export const ENTERPRISE = 'lumen-group';
export const OTHER_ORGANIZATION = 'lumen-labs';

/** Whether the path names the enterprise; case is ignored. */
export function isEnterprise(name: string | undefined): boolean {
  return name?.toLowerCase() === ENTERPRISE;
}

/** The organizations that belong to it, as bills spell them. */
export function organizationsOf({ history }: Pick<ApiContext, 'history'>): string[] {
  return [history.world.population.organization.login, OTHER_ORGANIZATION];
}
