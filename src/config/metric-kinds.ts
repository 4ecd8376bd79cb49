import { type BranchGroup, parseBranchGroups } from '../domain/branch-class.ts';
import { type LabelPatterns, parseLabelPatterns } from '../domain/label-patterns.ts';
import { type LabelPolicy, parseLabelPolicy } from '../domain/label-policy.ts';
import { type PriceRule, parsePriceRules } from '../domain/price/price-rules.ts';
import { duration, itemsIn, type Kind, single } from './kinds.ts';
import { parseDurationMs } from './units.ts';

/*
 * The kinds of values that say what happens to the numbers. Those with a small language of their own are
 * parsed by the part of `domain/` that uses them, which also reports what is wrong.
 */

type Parsed<T> = { readonly value: T } | { readonly problem: string };

/**
 * In a configuration file, a list may have one entry per item, or be a map. In a text, `joint` separates the
 * items, and `entry` key and value.
 */
function spelled<T>(
  [expects, example, joint, entry]: readonly [expects: string, example: string, joint: string, entry: string],
  parse: (text: string) => Parsed<T>,
): Kind<T> {
  return {
    expects,
    example,
    joint,
    entry,
    items: (texts) => itemsIn(texts, joint.trim()),
    read(texts) {
      const parsed = parse(texts.join(joint));
      return 'value' in parsed ? parsed.value : undefined;
    },
    advise(text) {
      const parsed = parse(text);
      return 'problem' in parsed ? parsed.problem : undefined;
    },
  };
}

/** `true` or `false`. */
export function flag(): Kind<boolean> {
  return single({
    expects: 'true or false',
    example: 'true',
    read: (text) => ({ true: true, false: false })[text],
  });
}

/** Durations in milliseconds, ascending. */
export function durations(): Kind<readonly number[]> {
  return {
    expects: 'durations in ascending order, separated by commas',
    example: '1s,10s,1m,10m,1h',
    items: durationTexts,
    read(texts) {
      const values = durationTexts(texts).map((text) => parseDurationMs(text) ?? Number.NaN);
      const areAscending = values.every((value, index) => value > (values[index - 1] ?? 0));
      return areAscending && values.length > 0 ? values : undefined;
    },
    advise(text) {
      const items = durationTexts([text]);
      const at = items.findIndex((item, index) => !isLonger(item, items[index - 1]));
      return at > 0 ? `${items[at]} stands behind ${items[at - 1]}, and is no longer than that` : undefined;
    },
  };
}

/** As they are between commas; an empty one is invalid. */
function durationTexts(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(',')).map((text) => text.trim());
}

function isLonger(text: string, before = '0s'): boolean {
  return (parseDurationMs(text) ?? Number.NaN) > (parseDurationMs(before) ?? Number.NaN);
}

/** A duration in milliseconds, or null for `never`. */
export function durationOrNever(range = { min: '1m', max: '3650d' }): Kind<number | null> {
  const kind = duration(range);
  return {
    ...kind,
    expects: `never, or ${kind.expects}`,
    read: (texts) => (texts[0] === 'never' && texts.length === 1 ? null : kind.read(texts)),
  };
}

export function labelPolicy(): Kind<LabelPolicy> {
  return spelled(
    ['labels to leave out or to keep, by metric', 'jobs_total: -job_name', '; ', ': '],
    (text) => {
      const parsed = parseLabelPolicy(text);
      return 'policy' in parsed ? { value: parsed.policy } : parsed;
    },
  );
}

export function labelPatterns(): Kind<LabelPatterns> {
  return spelled(['patterns by label', 'runs_on=vm-*; job_name=Preview *, Deploy **', '; ', '='], (text) => {
    const parsed = parseLabelPatterns(text);
    return 'patterns' in parsed ? { value: parsed.patterns } : parsed;
  });
}

export function branchGroups(): Kind<readonly BranchGroup[]> {
  return spelled(['groups of branches', 'release=release/*,v*; hotfix=hotfix/**', '; ', '='], (text) => {
    const parsed = parseBranchGroups(text);
    return 'groups' in parsed ? { value: parsed.groups } : parsed;
  });
}

export function priceRules(): Kind<readonly PriceRule[]> {
  return spelled(
    ['prices by label or runner group', 'gpu-4=linux_4_core_gpu, self-hosted=self_hosted:0.002', ', ', '='],
    (text) => {
      const parsed = parsePriceRules(text);
      return 'rules' in parsed ? { value: parsed.rules } : parsed;
    },
  );
}
