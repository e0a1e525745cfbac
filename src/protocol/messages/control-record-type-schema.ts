/** The key of a control record: its type. */
import { int16, message, type Infer } from '#protocol/schema.ts'

export const ControlRecordTypeSchema = message(
  { name: 'ControlRecordTypeSchema', validVersions: '0', flexibleVersions: 'none' },
  {
    type: int16('0+'),
  },
)
export type ControlRecordTypeSchema = Infer<typeof ControlRecordTypeSchema>
