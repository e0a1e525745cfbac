/** Clean-up of a test, last made first undone: node:test itself runs hooks in the order of their making. */
import type { TestContext } from 'node:test'

type Undo = () => void | Promise<void>

const undoOf = new WeakMap<TestContext, Undo[]>()

export function atEnd(t: TestContext, undo: Undo): void {
  let steps = undoOf.get(t)
  if (steps === undefined) {
    const made: Undo[] = []
    undoOf.set(t, (steps = made))
    t.after(async () => {
      const failures: unknown[] = []
      for (let step = made.pop(); step !== undefined; step = made.pop()) {
        try {
          await step()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw failures[0]
    })
  }
  steps.push(undo)
}
