import type { Run } from '../../../src/domain/openapi-types.ts';
import { Conclusion } from '../../components/conclusion.tsx';
import { linkTo } from '../../state/navigation.ts';

/** The attempts of the run, one at a time. */
export function Attempts({ answer: { attempts, run } }: { readonly answer: Run }) {
  if (attempts.length < 2) return null;
  return (
    <nav class="tabs" aria-label="Attempts">
      {attempts.map(({ run_attempt, conclusion, status }) => (
        <a
          key={run_attempt}
          href={linkTo({ own: { attempt: String(run_attempt), zoom: null } })}
          aria-current={run_attempt === run.run_attempt ? 'page' : undefined}
        >
          <Conclusion value={conclusion ?? status} isShort /> Attempt {run_attempt}
        </a>
      ))}
    </nav>
  );
}
