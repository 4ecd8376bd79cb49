import { CAUSES } from '../views/failures/causes.ts';
import { reasonName } from '../views/failures/reasons.ts';

/* What a view alone is narrowed to. Beside the filters of all views, it is shown in the same chips. Pure: no browser. */

export interface OwnFilter {
  readonly word: string;
  readonly value: string;
  /** The parameters of the address that make it. */
  readonly names: readonly string[];
}

type Own = Readonly<Record<string, string>>;

/** Those of a list of failures; of the environment, those of deployments. */
export function ownFilters(path: string, { tab, ...own }: Own): readonly OwnFilter[] {
  if (path === '/deployments') return chip('Environment', own, ['environment']);
  if (path !== '/failures' && (path !== '/jobs' || tab !== 'failed')) return [];
  const { cause = '', reason = '', exit_code: code } = own;
  return [
    ...chip('Cause', own, ['cause'], CAUSES[cause as keyof typeof CAUSES]?.name),
    ...chip('Step', own, ['failed_step']),
    ...chip('Step', own, ['no_step'], 'none'),
    ...chip('Reason', own, ['reason', 'exit_code'], reasonName(reason, code)),
    ...chip('Reason', own, ['no_reason'], 'not read'),
  ];
}

/** None without the first of `names`. */
function chip(word: string, own: Own, names: readonly [string, ...string[]], text?: string): OwnFilter[] {
  const value = own[names[0]];
  return value === undefined ? [] : [{ word, value: text ?? value, names }];
}
