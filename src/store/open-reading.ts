import type { HistoryReader, QuestionMoment, ReadablePlace } from '../domain/queries.ts';

/** As `readOnly` of each database. */
export type ReadAt = <T>(moment: QuestionMoment, work: (reader: HistoryReader) => Promise<T>) => Promise<T>;

/** Reads at that place, for one question after the other. Only what that needs is loaded. */
export function openReading(place: ReadablePlace): ReadAt {
  let opened: Promise<ReadAt> | null = null;
  return async (moment, work) => {
    opened ??= open(place);
    return (await opened)(moment, work);
  };
}

async function open(place: ReadablePlace): Promise<ReadAt> {
  if ('path' in place) {
    const { readOnly } = await import('./sqlite/read-only.ts');
    return (moment, work) => readOnly(place.path, moment, work);
  }
  const [{ Connections }, { readOnly }] = await Promise.all([
    import('./postgres/connections.ts'),
    import('./postgres/read-only.ts'),
  ]);
  const connections = new Connections({ ...place, most: 2, name: 'ant-watcher questions' });
  return (moment, work) => readOnly(connections, moment, work);
}
