// What was measured, as a table of medians.

export interface Run {
  readonly scenario: string
  readonly broker: 'odradek' | 'kafka'
  /** By the load program's names; undefined where the run failed. */
  readonly figures: Readonly<Record<string, number>> | undefined
}

/** In the order of the table. */
const labels: Readonly<Record<string, string>> = {
  records_per_s: 'records/s (more is better)',
  mb_per_s: 'MB/s (more is better)',
  ack_p50_ms: 'send to acknowledgement, median, ms',
  ack_p99_ms: 'send to acknowledgement, p99, ms',
  e2e_p50_ms: 'producer to consumer, median, ms',
  e2e_p99_ms: 'producer to consumer, p99, ms',
  e2e_p999_ms: 'producer to consumer, p99.9, ms',
  create_s: 'creation until every partition answers, s',
  one_record_each_s: 'one record to each partition, s',
  all_s: 'connect and ask on all, s',
  roundtrip_p50_ms: 'round trip, median, ms',
  roundtrip_p99_ms: 'round trip, p99, ms',
  rss_growth_mib: 'growth of resident memory, MiB',
  cpu_s_per_gb: "broker's CPU, s/GB",
  cpu_s: "broker's CPU, s",
  rss_mib: "broker's resident memory, MiB",
}

export function comparison(runs: readonly Run[]): string {
  const lines = [
    '| scenario | figure | Odradek | Kafka | Odradek / Kafka |',
    '| --- | --- | ---: | ---: | ---: |',
  ]
  for (const scenario of new Set(runs.map(each => each.scenario)))
    for (const [figure, label] of Object.entries(labels)) {
      const of = (broker: Run['broker']) =>
        median(
          runs.flatMap(each =>
            each.scenario === scenario && each.broker === broker ? (each.figures?.[figure] ?? []) : [],
          ),
        )
      const [ours, theirs] = [of('odradek'), of('kafka')]
      if (Number.isNaN(ours) && Number.isNaN(theirs)) continue
      lines.push(`| ${[scenario, label, text(ours), text(theirs), text(ours / theirs)].join(' | ')} |`)
    }
  return lines.join('\n')
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2
}

/** Three significant digits, or all before the point; a dash for what is not known. */
export function text(value: number): string {
  if (!Number.isFinite(value)) return '-'
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)))
}
