/** Parts what a request names once from what it names several times, which Kafka refuses. */
export function partRepeated<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): { readonly once: Item[]; readonly repeated: string[] } {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return {
    once: items.filter(item => counts.get(keyOf(item)) === 1),
    repeated: [...counts].filter(([, count]) => count > 1).map(([key]) => key),
  }
}
