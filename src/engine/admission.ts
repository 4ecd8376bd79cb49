import type { Additions } from '../domain/contracts.ts';
import type { Moments } from '../metrics/unique-timestamps.ts';
import type { EngineRules } from './rules.ts';

export interface AdmissionOptions {
  /** What is in force at that moment. */
  readonly rules: () => Pick<EngineRules, 'registry' | 'jobNumbers' | 'pushes'>;
  readonly moments: Moments;
}

/** What stands between the store and the numbers in memory: what is to be stored of what is told, and what was. */
export function createAdmission({ rules, moments }: AdmissionOptions) {
  return {
    admit(told: Additions, nowMs: number): Additions {
      const { registry, jobNumbers, pushes } = rules();
      const own = jobNumbers.admit(told.numbers);
      const increments = [...told.increments, ...own.increments];
      const counted = registry.admit({ ...told, increments }, nowMs);
      const samples = pushes ? [...counted.samples, ...own.samples] : [];
      return { ...counted, samples: moments.place(samples), numbers: own.numbers, groups: told.groups };
    },
    stored({ increments, samples, numbers, groups }: Additions): void {
      const { registry, jobNumbers } = rules();
      registry.apply(increments);
      registry.holdGroups(groups);
      jobNumbers.apply(numbers);
      moments.keep(samples);
    },
  };
}
