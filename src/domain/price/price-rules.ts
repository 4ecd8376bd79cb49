import { listPriceAt, SKUS } from './price-table.ts';

/** How an operator prices runners whose price no payload reveals: larger and self-hosted ones. */
export interface PriceRule {
  /** What `name` is compared with: a label that the job asked for, or its runner's group. */
  readonly by: 'label' | 'group';
  /** In lower case, since GitHub ignores case. */
  readonly name: string;
  readonly sku: string;
  /** A fixed price; null for that of the price table. */
  readonly microDollarsPerMinute: number | null;
}

/** What rules may identify a runner by. */
export interface RunnerNames {
  readonly labels: readonly string[];
  readonly groups: readonly string[];
}

const FORM = 'write LABEL=SKU, group:NAME=SKU or LABEL=NAME:DOLLARS_PER_MINUTE';
const GROUP = 'group:';
const SKU_NAME = /^[a-z0-9][a-z0-9_.-]{0,59}$/i;
/** Below 100 dollars, down to a micro-dollar. */
const DOLLARS = /^(?<whole>\d{1,2})(?:\.(?<fraction>\d{1,6}))?$/;

/**
 * Parses rules such as `gpu-4=linux_4_core_gpu, group:Large Runners=linux_16_core, self-hosted=own:0.002`,
 * separated by commas. Each has a label or a group before its last `=`, and after it a SKU of the price
 * table, or a name of its own with dollars per minute. An empty text has no rules. `problem` describes all
 * that is wrong, for the operator.
 */
export function parsePriceRules(
  text: string,
): { readonly rules: readonly PriceRule[] } | { readonly problem: string } {
  const rules: PriceRule[] = [];
  const problems: string[] = [];
  for (const entry of text.split(',').map((each) => each.trim())) {
    if (entry === '') continue;
    const rule = parseRule(entry);
    if (typeof rule === 'string') problems.push(`"${entry}" ${rule}`);
    else if (rules.some(({ by, name }) => by === rule.by && name === rule.name))
      problems.push(`"${entry}" prices the same runners as a rule before it`);
    else rules.push(rule);
  }
  return problems.length > 0 ? { problem: problems.join('; ') } : { rules };
}

/** The first rule that matches the job's runner. */
export function priceRuleFor(
  { labels, groups }: RunnerNames,
  rules: readonly PriceRule[],
): PriceRule | undefined {
  const names = { label: labels.map(lowerCase), group: groups.map(lowerCase) };
  return rules.find(({ by, name }) => names[by].includes(name));
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}

/** A rule, or what is wrong with it. */
function parseRule(entry: string): PriceRule | string {
  // Labels may contain `=`, SKUs never do.
  const at = entry.lastIndexOf('=');
  if (at < 0) return `has no "=": ${FORM}`;
  const target = entry.slice(0, at).trim();
  const by = target.startsWith(GROUP) ? 'group' : 'label';
  const name = (by === 'group' ? target.slice(GROUP.length) : target).trim().toLowerCase();
  if (name === '') return `names no ${by}: ${FORM}`;
  const price = parsePrice(entry.slice(at + 1).trim());
  return typeof price === 'string' ? price : { by, name, ...price };
}

function parsePrice(text: string): Pick<PriceRule, 'sku' | 'microDollarsPerMinute'> | string {
  const [sku = '', dollars, ...more] = text.split(':').map((each) => each.trim());
  if (dollars === undefined) {
    if (listPriceAt(sku, 0) !== null) return { sku, microDollarsPerMinute: null };
    return `has a SKU that the price table does not know: give its price, as in own:0.004, or take one of ${SKUS.join(' ')}`;
  }
  if (!SKU_NAME.test(sku) || more.length > 0) {
    return 'needs a name of letters, digits, "_", "-" or "." before the price, as in own:0.004';
  }
  const microDollarsPerMinute = microDollarsOf(dollars);
  if (microDollarsPerMinute === null) {
    return `has the price "${dollars}", which must be dollars below 100 with at most 6 decimals, as in 0.004`;
  }
  return { sku, microDollarsPerMinute };
}

/** Reads digits, to avoid binary fractions such as 0.1 + 0.2. */
function microDollarsOf(dollars: string): number | null {
  const groups = DOLLARS.exec(dollars)?.groups;
  if (groups === undefined) return null;
  return Number(`${groups['whole']}${(groups['fraction'] ?? '').padEnd(6, '0')}`);
}
