import { workerData } from 'node:worker_threads';
import { answerQuery } from '../queries/all-queries.ts';
import { openReading } from '../store/open-reading.ts';
import { serveCalls } from '../threads/calls.ts';
import { SharedTime, ThreadTime } from '../timing/service-time.ts';
import { SharedMoment } from '../timing/shared-moment.ts';
import type { Answering, ReadThreadData } from './messages.ts';

/*
 * The thread that answers questions about what is stored, over connections of its own that can't write. Only
 * loaded by read-thread.ts.
 */

const { place, time, changed, calls } = workerData as ReadThreadData;
const { clock } = new ThreadTime(new SharedTime(time));
const readAt = openReading(place);
const lastChange = new SharedMoment(changed);

serveCalls<Answering>(calls, {
  answer(name, query, rules) {
    const nowMs = clock();
    // Before anything is read: what is noted later may not be in what is read.
    const asOfMs = lastChange.atMs ?? nowMs;
    return readAt({ nowMs, asOfMs, ...rules }, (reader) => answerQuery(name, reader, query));
  },
});
