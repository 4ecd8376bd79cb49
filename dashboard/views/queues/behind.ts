import type { QueueGroup } from '../../../src/domain/openapi-types.ts';
import { formatTime } from '../../format/time.ts';
import type { Address, Filters } from '../../state/address.ts';
import type { AddressChange } from '../../state/navigation.ts';
import { type By, filtersOfGroup, nameOf } from './group.ts';

/* Which number of the view is opened, as the address has it. */

export interface Behind {
  readonly title: string;
  /** On top of those of the address. */
  readonly filters: Filters;
  /** The beginning of a step; null: the whole window. */
  readonly at: string | null;
}

type Names = Pick<QueueGroup, By>;

/** Opens the jobs behind a number of a group, or of all of them (null). */
export function openBehind(by: By, group: Names | null, at: string | null = null): AddressChange {
  const [name, repository] = group === null ? ['', undefined] : [group[by] ?? '', group.repository];
  return { own: { behind: name, behind_repository: by === 'workflow' ? (repository ?? null) : null, at } };
}

export const CLOSE_BEHIND: AddressChange = { own: { behind: null, behind_repository: null, at: null } };

/** Null: nothing is opened. */
export function readBehind({ own }: Pick<Address, 'own'>, by: By): Behind | null {
  const { behind: name, behind_repository: repository, at = null } = own;
  if (name === undefined) return null;
  const when = at === null ? '' : `, ${formatTime(at)}`;
  if (name === '') return { title: `All jobs${when}`, filters: {}, at };
  const names = by === 'workflow' ? { repository: repository ?? '', workflow: name } : { [by]: name };
  return { title: `${nameOf(by, names)}${when}`, filters: filtersOfGroup(by, names), at };
}
