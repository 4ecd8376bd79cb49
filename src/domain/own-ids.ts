/*
 * Names that contain something made for one run: its id in the label of a runner that was started for it, or
 * a commit in the name of a job. Each would make a new series per run, so the id becomes `*`, and the rest of
 * the name stays.
 */

/** What belongs to a single job of a single run. */
export interface OwnIds {
  readonly runId: number | null;
  readonly jobId: number | null;
  readonly headSha: string | null;
}

/** The abbreviation of a commit that people write. */
const SHORT_SHA = 7;

/** Recognised by its form alone as made for one commit or one run. */
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const DIGEST = String.raw`(?=[a-f]*\d)[0-9a-f]{32,}`;
const HEX_FORMS = new RegExp(`(?<![0-9a-z])(?:${UUID}|${DIGEST})(?![0-9a-z])`, 'gi');

/**
 * Times and large numbers. Dates stay, because images and pools are named by them. So do numbers of twelve
 * digits that are no time, because account ids of cloud providers look like that.
 */
const DAY = String.raw`20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])`;
const NUMBER_FORMS = new RegExp(
  [
    String.raw`(?<!\d)20\d\d-[01]\d-[0-3]\d[t_ -][0-2]\d[:.-]?[0-5]\d(?:[:.-]?[0-5]\d)?(?:\.\d+)?z?(?![0-9a-z])`,
    String.raw`(?<!\d)${DAY}[t_.-]?(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?z?(?![0-9a-z])`,
    String.raw`(?<!\d)(?:\d{10,11}|\d{13,})(?!\d)`,
  ].join('|'),
  'gi',
);
const TWELVE_DIGITS = /(?<!\d)\d{12}(?!\d)/g;
/**
 * The run's number, its attempt and the like, which tools append to an id. Versions (`-22.04`) and sizes
 * (`-4x`) stay.
 */
const COUNTERS = String.raw`(?:[-_]\d+(?!\w|\.\d))*`;

/** Marks the place of an id that was found. It occurs in no payload. */
const FOUND = '\0';
const FOUND_WITH_COUNTERS = new RegExp(FOUND + COUNTERS, 'g');

/** What every id contains, so that most names need no closer look. */
const MAYBE_ID = /\d{4}|[0-9a-f]{7}/i;
const NO_IDS: OwnIds = { runId: null, jobId: null, headSha: null };

/**
 * The text with `*` for each id in it: those of the job, its run and its commit, and everything that has the
 * form of an id. Applying it twice changes nothing more.
 */
export function withoutIds(text: string, own: OwnIds = NO_IDS): string {
  if (!MAYBE_ID.test(text)) return text;
  let rest = text.replace(HEX_FORMS, FOUND);
  for (const id of [own.runId, own.jobId]) rest = withoutId(rest, id);
  const found = withoutSha(rest, own.headSha).replace(NUMBER_FORMS, FOUND);
  const left = found.replace(FOUND_WITH_COUNTERS, '*');
  // What stood beside an id may only now be recognised as one.
  return left === text ? text : withoutIds(left, own);
}

/**
 * The same where it is not known which job and run a name was made for. So any number of twelve digits becomes `*`:
 * ids of jobs have as many.
 */
export function withoutUnknownIds(text: string): string {
  return withoutIds(text).replace(TWELVE_DIGITS, FOUND).replace(FOUND_WITH_COUNTERS, '*');
}

/** Ids as small as versions and years are taken for those. Only a new installation has such ids. */
function withoutId(text: string, id: number | null): string {
  const digits = String(id ?? '');
  if (digits.length < 4 || /^(?:19|20)\d\d$/.test(digits) || !text.includes(digits)) return text;
  return text.replace(new RegExp(String.raw`(?<!\d)${digits}(?!\d)`, 'g'), FOUND);
}

/** Without the commit, also if only its first digits occur. */
function withoutSha(text: string, sha: string | null): string {
  const start = sha?.slice(0, SHORT_SHA) ?? '';
  if (start.length < SHORT_SHA || !text.includes(start)) return text;
  return text.replace(/(?<![0-9a-z])[0-9a-f]{7,}(?![0-9a-z])/gi, (word) =>
    sha?.startsWith(word) ? FOUND : word,
  );
}
