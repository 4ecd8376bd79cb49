const MS_PER_UNIT = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const BYTES_PER_UNIT = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

const DURATION = /^(?:(?<d>\d+)d)?(?:(?<h>\d+)h)?(?:(?<m>\d+)m)?(?:(?<s>\d+)s)?(?:(?<ms>\d+)ms)?$/;
const SIZE = /^(?<count>\d+)(?<unit>B|KiB|MiB|GiB)$/;

/** The milliseconds of a duration such as `250ms`, `10s` or `1h30m`: units from large to small, each once. */
export function parseDurationMs(text: string): number | undefined {
  const parts = text === '' ? undefined : DURATION.exec(text)?.groups;
  if (parts === undefined) return undefined;
  let totalMs = 0;
  for (const [unit, ms] of Object.entries(MS_PER_UNIT)) totalMs += Number(parts[unit] ?? 0) * ms;
  return Number.isSafeInteger(totalMs) ? totalMs : undefined;
}

/** The bytes of a size such as `512KiB` or `25MiB`: a whole number and one unit. */
export function parseSizeBytes(text: string): number | undefined {
  const parts = SIZE.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const bytes = Number(parts.count) * BYTES_PER_UNIT[parts.unit as keyof typeof BYTES_PER_UNIT];
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
