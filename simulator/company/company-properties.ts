import type { CustomProperties } from '../model.ts';

/** What the company's organization says of a repository: a selection, a text, several of a selection, yes or no. */
export function companyProperties(team: string | null, language: string, weight: number): CustomProperties {
  const isBusy = weight >= 3;
  return {
    team,
    service_tier: team === null ? null : isBusy ? '1' : '2',
    platforms: language === 'Swift' ? ['ios', 'android'] : ['linux'],
    on_call: String(isBusy),
  };
}
