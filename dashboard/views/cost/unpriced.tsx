import type { Cost } from '../../../src/domain/openapi-types.ts';
import { Definition } from '../../components/definition.tsx';
import { Duration } from '../../components/time.tsx';

/** What the cost leaves out, and how to change that. */
export function Unpriced({ answer: { total } }: { readonly answer: Cost }) {
  if (total.unpriced_seconds === 0) return null;
  return (
    <section class="unpriced" aria-label="Time without a price">
      <p>
        <strong>
          <Duration seconds={total.unpriced_seconds} /> ran on runners whose price is not known
        </strong>{' '}
        <Definition id="unpriced" /> and is not in these numbers: larger runners, scale sets, runners of your
        own.
      </p>
      <p>
        Set their prices, in dollars a minute or as one of GitHub's kinds, and reload:{' '}
        <code>ANT_WATCHER_PRICES_RULES='gpu-4=linux_4_core_gpu, k8s=self_hosted:0.005'</code>
      </p>
    </section>
  );
}
