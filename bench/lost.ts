import { sumOf } from '../test/samples.ts';
import { numberText, type Row } from './report.ts';
import type { AntWatcher } from './servers.ts';

/** Whether everything accepted is counted. What was refused is told beside it. */
export async function acceptedRow(
  what: string,
  service: AntWatcher,
  { sent, accepted }: { readonly sent: number; readonly accepted: number },
): Promise<Row> {
  const samples = await service.metrics();
  const counted = sumOf(samples, 'ant_watcher_deliveries_total', { outcome: 'accepted' });
  const jobs = numberText(sumOf(samples, 'github_actions_jobs_total'));
  const refused = numberText(sent - accepted);
  return {
    what: `${what}: answered 202 − counted as accepted`,
    measured: `${numberText(accepted - counted)} of ${numberText(accepted)} (${refused} refused; ${jobs} jobs counted)`,
    budget: '0',
    isMet: accepted === counted,
  };
}
