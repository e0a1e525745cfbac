/** Text in columns. Pure. */

export interface Column {
  readonly title: string
  readonly align?: 'right'
}

/** A table with a title line; no line ends in spaces. Cells must not have line breaks. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ title }) => title), ...rows]
  const widths = columns.map((_, index) => Math.max(...lines.map(line => (line[index] ?? '').length)))
  return lines
    .map(line => {
      const cells = columns.map(({ align }, index) => {
        const cell = line[index] ?? ''
        return align === 'right' ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!)
      })
      return `${cells.join('  ').trimEnd()}\n`
    })
    .join('')
}

/** Names and values, one pair a line. */
export function formatFacts(facts: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...facts.map(([name]) => name.length))
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd() + '\n').join('')
}
