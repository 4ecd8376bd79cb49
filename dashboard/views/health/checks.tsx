import type { ServiceStatus } from '../../../src/domain/openapi-types.ts';
import { Card } from '../../components/card.tsx';
import { Conclusion } from '../../components/conclusion.tsx';

type Check = ServiceStatus['checks'][number];

const NAMES: Readonly<Record<Check['name'], string>> = {
  ready: 'Ready',
  engine: 'Engine',
  queue: 'Queue',
  parked: 'Parked deliveries',
  recovery: 'Recovery',
  github: 'GitHub',
  push: 'Receivers',
  database: 'Database',
  clock: 'Clock',
};

/** What is checked, what each check demands, and why one fails. */
export function Checks({ checks }: { readonly checks: readonly Check[] }) {
  const failed = checks.filter(({ ok }) => !ok).length;
  return (
    <Card
      title="Checks"
      note={failed === 0 ? 'All are met.' : `${failed} of ${checks.length} not met.`}
      isFlush
    >
      <ul class="checks">
        {checks.map(({ name, ok, demand, reason }) => (
          <li key={name}>
            <Conclusion value={ok ? 'success' : 'failure'} isShort />
            <div>
              <h3>{NAMES[name]}</h3>
              <p class="faint">{demand}</p>
              {ok ? reason !== null && <p>{reason}</p> : <p class="check-reason">{reason ?? 'Not met.'}</p>}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
