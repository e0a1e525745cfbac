// How the JavaScript parts of this example reach the broker: BOOTSTRAP=HOST:PORT, as the Python part does.
import { Kafka, logLevel } from 'kafkajs'

// kafkajs 2.2.4 sets a timer with a negative delay, harmlessly, and newer versions of Node.js warn of it.
process.removeAllListeners('warning')
process.on('warning', warning => {
  if (warning.name !== 'TimeoutNegativeWarning') console.error(warning)
})

/** @param {{ quiet?: boolean }} [options] quiet: what kafkajs puts right by trying again is not told on stderr */
export function connect(clientId, { quiet = false } = {}) {
  const brokers = (process.env.BOOTSTRAP ?? '127.0.0.1:9092').split(',')
  return new Kafka({ clientId, brokers, logLevel: quiet ? logLevel.NOTHING : logLevel.ERROR })
}
