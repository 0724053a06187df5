import { attributesOf, scanXml } from './xml.ts'

/** The strings that the cells of all sheets share. */
export interface SharedStrings {
  /** Marks the string as used. */
  at(index: number): string
  /** What no cell shows any more and is still in the file. */
  unused(): string[]
}

export function readStrings(xml: string): SharedStrings {
  const strings: string[] = []
  const used = new Set<number>()
  let runs: string[] = []
  let phonetic = 0
  let isText = false
  scanXml(xml, {
    open: (name) => {
      if (name === 'si') runs = []
      if (name === 'rPh') phonetic++
      isText = name === 't'
    },
    text: (text) => {
      if (isText && phonetic === 0) runs.push(text)
    },
    close: (name) => {
      isText = false
      if (name === 'rPh') phonetic--
      if (name === 'si') strings.push(runs.join(''))
    },
  })
  return {
    at: (index) => {
      used.add(index)
      return strings[index] ?? ''
    },
    unused: () => strings.filter((_, index) => !used.has(index)),
  }
}

/** The cells of a sheet: tabs between them, a line for each row. Telephone numbers are often kept as numbers. */
export function readSheet(xml: string, strings: SharedStrings): string {
  const cells: string[] = []
  let type: string | undefined
  let element = ''
  scanXml(xml, {
    open: (name, attributes) => {
      element = name
      if (name === 'c') type = attributesOf(attributes).get('t')
    },
    text: (text) => {
      if (element === 't') cells.push(text)
      if (element === 'v') cells.push(type === 's' ? strings.at(Number(text)) : text)
    },
    close: (name) => {
      element = ''
      if (name === 'c') cells.push('\t')
      if (name === 'row') cells.push('\n')
    },
  })
  return cells.join('')
}
