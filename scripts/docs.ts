/**
 * npm run docs
 *
 * Writes the documents that are made from the code. Run it after a change of an API, its comment or a config key.
 */
import { writeFileSync } from 'node:fs'
import { compatibilityDocument } from './docs/compatibility.ts'

writeFileSync(new URL('../docs/compatibility.md', import.meta.url), compatibilityDocument())
