// The text of a transcript: each command after "$ ", its output below, an empty line between. Pure.

export interface Section {
  readonly line: string
  readonly output: string
}

export function formatTranscript(sections: readonly Section[]): string {
  return sections.map(({ line, output }) => `$ ${line}\n${output === '' ? '' : `${output}\n`}`).join('\n')
}

export function parseTranscript(text: string): Section[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map(section => {
      const [line = '', ...output] = section.trimEnd().split('\n')
      return { line, output: output.join('\n') }
    })
}
