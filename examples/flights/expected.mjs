// The same totals, computed from the file in one go and by another way: with the whole timetable at hand, every
// arrival looks up its connection. run.mjs compares them with what the services made of the stream.
const minuteMs = 60_000

/** @returns {Map<string, { arrivals: number, delay: number }>} by airport */
export function expectedDelays(flights) {
  const airports = new Map()
  for (const { destination, delay } of flights) {
    const { arrivals, delay: sum } = airports.get(destination) ?? { arrivals: 0, delay: 0 }
    airports.set(destination, { arrivals: arrivals + 1, delay: sum + delay })
  }
  return airports
}

/** @returns {Map<string, { made: number, missed: number }>} by airport */
export function expectedConnections(flights) {
  const departures = new Map()
  for (const { origin, departureMs } of flights) {
    if (!departures.has(origin)) departures.set(origin, [])
    departures.get(origin).push(departureMs)
  }
  const airports = new Map()
  for (const { destination, arrivalMs, delay } of flights) {
    // The file is in order of departure, so the first one that fits is the next one.
    const next = departures.get(destination)?.find(departureMs => departureMs >= arrivalMs + 45 * minuteMs)
    if (next === undefined || next > arrivalMs + 240 * minuteMs) continue
    const airport = airports.get(destination) ?? { made: 0, missed: 0 }
    if (arrivalMs + (delay + 15) * minuteMs > next) airport.missed++
    else airport.made++
    airports.set(destination, airport)
  }
  return airports
}
