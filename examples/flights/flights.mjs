// The data: every line of flights-20k.json (US domestic flights, January to March 2001) becomes two events,
// a departure at one airport and an arrival at another.
import { readFileSync } from 'node:fs'

const file = new URL('node_modules/vega-datasets/data/flights-20k.json', import.meta.url)

export const topic = 'example-flights'
export const partitionCount = 6

// The file has no arrival time, so one is made from the distance: half an hour on the ground and 500 miles an
// hour in the air. Time zones are left out; every clock in this example shows the file's own times.
const groundMinutes = 30
const milesPerHour = 500
const minuteMs = 60_000

/** @param {number} [limit] how many flights to take, from the first of January on */
export function readFlights(limit = Infinity) {
  const rows = JSON.parse(readFileSync(file, 'utf8'))
  return rows.slice(0, limit).map(({ date, delay, distance, origin, destination }, number) => {
    const departureMs = Date.parse(`${date.replaceAll('/', '-').replace(' ', 'T')}:00Z`)
    const minutes = groundMinutes + Math.round((distance / milesPerHour) * 60)
    return { number, origin, destination, departureMs, arrivalMs: departureMs + minutes * minuteMs, delay }
  })
}

/**
 * The events in the order in which the timetable has them. The key is the airport where it happens: all that
 * happens at one airport is in one partition, and so every service sees it in this order.
 */
export function toEvents(flights) {
  const events = flights.flatMap(({ number, origin, destination, departureMs, arrivalMs, delay }) => {
    const flight = { flight: number, from: origin, to: destination }
    return [
      { type: 'departure', airport: origin, timeMs: departureMs, value: flight },
      { type: 'arrival', airport: destination, timeMs: arrivalMs, value: { ...flight, delay } },
    ]
  })
  return events.sort((a, b) => a.timeMs - b.timeMs)
}
