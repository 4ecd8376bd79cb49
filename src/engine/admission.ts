import type { Additions } from '../domain/contracts.ts';
import type { Moments } from '../metrics/moments.ts';
import type { EngineRules } from './rules.ts';

export interface AdmissionOptions {
  /** What is in force at that moment. */
  readonly rules: () => Pick<EngineRules, 'registry' | 'jobNumbers' | 'pushes'>;
  readonly moments: Moments;
}

/** What stands between the store and the numbers in memory: what is to be stored of what is told, and what was. */
export function createAdmission({ rules, moments }: AdmissionOptions) {
  return {
    admit(told: Additions): Additions {
      const { registry, jobNumbers, pushes } = rules();
      const own = jobNumbers.admit(told.numbers);
      const increments = [...told.increments, ...own.increments];
      const counted = registry.admit({ increments, samples: told.samples });
      const samples = pushes ? [...counted.samples, ...own.samples] : [];
      return { increments: counted.increments, samples: moments.place(samples), numbers: own.numbers };
    },
    stored({ increments, samples, numbers }: Additions): void {
      const { registry, jobNumbers } = rules();
      registry.apply(increments);
      jobNumbers.apply(numbers);
      moments.keep(samples);
    },
  };
}
