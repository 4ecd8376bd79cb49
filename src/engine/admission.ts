import type { Additions } from '../domain/contracts.ts';
import type { JobNumbers } from '../metrics/job-numbers.ts';
import type { Moments } from '../metrics/moments.ts';
import type { Registry } from '../metrics/registry.ts';

export interface AdmissionOptions {
  readonly registry: Registry;
  readonly jobNumbers: JobNumbers;
  readonly moments: Moments;
  /** Whether anything is pushed. */
  readonly pushes: boolean;
}

/** What stands between the store and the numbers in memory: what is to be stored of what is told, and what was. */
export function createAdmission({ registry, jobNumbers, moments, pushes }: AdmissionOptions) {
  return {
    admit(told: Additions): Additions {
      const own = jobNumbers.admit(told.numbers);
      const increments = [...told.increments, ...own.increments];
      const counted = registry.admit({ increments, samples: told.samples });
      const samples = pushes ? [...counted.samples, ...own.samples] : [];
      return { increments: counted.increments, samples: moments.place(samples), numbers: own.numbers };
    },
    stored({ increments, samples, numbers }: Additions): void {
      registry.apply(increments);
      jobNumbers.apply(numbers);
      moments.keep(samples);
    },
  };
}
