export interface XmlHandler {
  /** `name` is without its prefix; `attributes` is read by {@link attributesOf}. */
  readonly open?: (name: string, attributes: string) => void
  /** Also called for an element that is empty. */
  readonly close?: (name: string) => void
  readonly text?: (text: string) => void
}

/**
 * Walks through XML once, in time that grows with its length alone. It knows no document type, so there are no entities
 * that could grow or fetch anything; what is not well formed is read as far as it can be understood.
 */
export function scanXml(xml: string, handler: XmlHandler): void {
  let at = 0
  while (at < xml.length) {
    const open = xml.indexOf('<', at)
    if (open !== at) handler.text?.(decodeEntities(xml.slice(at, open < 0 ? undefined : open)))
    if (open < 0) return
    if (xml.startsWith('<!--', open)) at = behind(xml, '-->', open)
    else if (xml.startsWith('<![CDATA[', open)) {
      at = behind(xml, ']]>', open)
      handler.text?.(xml.slice(open + 9, at - 3))
    } else if (xml.startsWith('<?', open) || xml.startsWith('<!', open)) at = behind(xml, '>', open)
    else {
      const end = endOfTag(xml, open)
      readTag(xml.slice(open + 1, end), handler)
      at = end + 1
    }
  }
}

function readTag(tag: string, { open, close }: XmlHandler): void {
  if (tag.startsWith('/')) {
    close?.(localName(tag.slice(1).trimEnd()))
    return
  }
  const name = /^[^\s/]*/.exec(tag)?.[0] ?? ''
  open?.(localName(name), tag.slice(name.length))
  if (tag.endsWith('/')) close?.(localName(name))
}

/** The `>` that ends the tag: one within quotes does not. */
function endOfTag(xml: string, open: number): number {
  let quote = ''
  for (let at = open + 1; at < xml.length; at++) {
    const character = xml.charAt(at)
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === '>') return at
    else if (character === '"' || character === "'") quote = character
  }
  return xml.length
}

function behind(xml: string, mark: string, from: number): number {
  const found = xml.indexOf(mark, from)
  return found < 0 ? xml.length : found + mark.length
}

/** Attributes by name without prefix; of two with one name the first. */
export function attributesOf(attributes: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', double, single] of attributes.matchAll(
    /([^\s=/"'<>]{1,100})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)')/g,
  )) {
    // A declaration of a name space is no attribute.
    if (/^xmlns(?::|$)/.test(name)) continue
    const local = localName(name)
    if (!found.has(local)) found.set(local, decodeEntities(double ?? single ?? ''))
  }
  return found
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
const CODE_POINT_MAX = 0x10ffff

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|amp|quot|apos));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= CODE_POINT_MAX ? String.fromCodePoint(code) : whole
  })
}
