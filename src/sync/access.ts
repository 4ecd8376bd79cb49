import type { Marks } from './checkpoints.ts';
import type { Problem } from './outcome.ts';
import type { Report } from './report.ts';
import { ownerOf, type Places } from './targets.ts';

/*
 * What a refusal means for a place: whether it is one to be behind with, or none of ours.
 */

/** An owner that is not named by the settings stays ours for so long after the App was last seen there. */
const REMEMBERED_MS = 30 * 86_400_000;

/**
 * Notes which owners' repositories could be listed, and which not or not all. To be called once the marks of all that were found are set: they
 * begin where the list was last read.
 */
export async function noteOwners(
  { owners, leftOut }: Pick<Places, 'owners' | 'leftOut'>,
  marks: Marks,
  report: Report,
  nowMs: number,
): Promise<void> {
  for (const what of leftOut) report.leaveOut(what);
  for (const [owner, problem] of owners) {
    const place = `${owner}/*`;
    if (problem === null) {
      await marks.setOwner(owner, nowMs);
      report.forget(place);
    } else {
      report.blocked(place, problem, await marks.holdOwner(owner));
    }
  }
}

/** Notes that a repository could not be read: it is behind from then on, unless nothing of it is there and nobody named it. */
export async function noteBlocked(
  name: string,
  problem: Problem,
  {
    places,
    marks,
    report,
    nowMs,
  }: {
    readonly places: Pick<Places, 'isConfigured'>;
    readonly marks: Marks;
    readonly report: Report;
    readonly nowMs: number;
  },
): Promise<void> {
  const listedMs = (await marks.ofOwner(ownerOf(name))) ?? Number.NEGATIVE_INFINITY;
  const isOurs = places.isConfigured(name) || nowMs - listedMs < REMEMBERED_MS;
  if (problem.isGone && !isOurs) report.forget(name);
  else report.blocked(name, problem, await marks.ofRepository(name));
}

/** Forgets what is not looked after any more. Answers whether a place is. While a list can't be read, all of its owner's are. */
export function forgetOthers(
  { repositories, problem, owners }: Places,
  report: Report,
): (place: string) => boolean {
  const kept = new Set(repositories);
  const isKept = (place: string) =>
    kept.has(place) || problem !== null || (owners.get(ownerOf(place).toLowerCase()) ?? null) !== null;
  for (const place of report.marks.keys()) if (!isKept(place)) report.forget(place);
  return isKept;
}
