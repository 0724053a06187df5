import { Readable } from 'node:stream'
import { createDeflate, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { EXTRACT_BYTES_MAX, extractText } from '../../../src/platform/files/text/extract.ts'
import type { Extraction } from '../../../src/platform/files/text/parts.ts'
import { readText } from '../../../src/platform/files/text/reader.ts'
import { docx, jpeg, paragraph, pdf, png, TYPES, tiff, utf16, zip } from '../../support/files.ts'

const textAt = ({ parts }: Extraction, where: string) =>
  parts
    .filter((part) => part.where === where)
    .map(({ text }) => text)
    .join('\n')
const allOf = ({ parts }: Extraction) => parts.map(({ text }) => text).join('\n')

t.test(
  'of a Word document everything is read: text, tables, headers, comments, authors of changes, links, properties',
  async (t) => {
    const read = await readText(
      docx({
        'word/document.xml': `<w:document xmlns:w="w"><w:body>${paragraph('本项目由暖', '汀社工承担')}
        <w:tbl><w:tr><w:tc>${paragraph('高峰')}</w:tc><w:tc>${paragraph('社工')}</w:tc></w:tr></w:tbl>
        <w:p><w:ins w:author="李静" w:id="1"><w:r><w:t>插入 &lt;A&amp;B&gt; &#20113;&#x6C40;</w:t></w:r></w:ins><w:del><w:r><w:delText>删去</w:delText></w:r></w:del></w:p>
        <w:p><w:r><w:instrText>HYPERLINK "mailto:a@b.cn"</w:instrText></w:r></w:p>
        <w:p><wp:docPr id="1" name="暖汀.png" descr="暖汀标志 &gt; 左"/><a:t>文本框</a:t></w:p>
        <w:ruby><w:rt><w:r><w:t>nuǎn</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>暖</w:t></w:r></w:rubyBase></w:ruby><w:r><w:t>汀</w:t></w:r>
        <!-- <w:t>编者</w:t> --></w:body></w:document>`,
        'word/header2.xml': `<w:hdr>${paragraph('页眉')}<v:textpath string="水印"/></w:hdr>`,
        'word/footer1.xml': `<w:ftr>${paragraph('页脚')}</w:ftr>`,
        'word/comments.xml': `<w:comments><w:comment w:author="王明华" w:initials="WMH">${paragraph('批注')}</w:comment></w:comments>`,
        'word/footnotes.xml': `<w:footnotes>${paragraph('脚注')}</w:footnotes>`,
        'word/_rels/document.xml.rels':
          '<Relationships><Relationship Target="http://nuanting.org.cn/" TargetMode="External"/><Relationship Target="media/image1.png"/></Relationships>',
        'word/media/image1.png': png(['tEXt', Buffer.from('Author\0暖汀')]),
        'docProps/core.xml':
          '<cp:coreProperties><dc:creator>作者</dc:creator><cp:lastModifiedBy>修改者</cp:lastModifiedBy></cp:coreProperties>',
        'docProps/app.xml':
          '<Properties><Company>某中心</Company><Manager>某主任</Manager><Pages>3</Pages></Properties>',
        'docProps/custom.xml':
          '<Properties><property name="单位"><vt:lpwstr>自定义</vt:lpwstr></property></Properties>',
      }),
    )
    t.match(textAt(read, 'body'), /本项目由暖汀社工承担\n/, 'a name that is cut into runs is whole again')
    t.match(textAt(read, 'body'), /\t高峰\n\s*\t社工\n/, 'cells stay apart')
    t.match(textAt(read, 'body'), /插入 <A&B> 云汀删去/)
    t.match(textAt(read, 'body'), /文本框[\s\S]*暖汀/)
    t.notMatch(allOf(read), /nuǎn|编者|media\/image1/)
    t.match(textAt(read, 'body/attributes'), /李静\nHYPERLINK "mailto:a@b.cn"\n/)
    t.match(textAt(read, 'body/attributes'), /暖汀标志 > 左/)
    t.match(textAt(read, 'header/2'), /页眉/)
    t.equal(textAt(read, 'header/2/attributes'), '水印')
    t.match(textAt(read, 'footer/1'), /页脚/)
    t.match(textAt(read, 'comments'), /批注/)
    t.equal(textAt(read, 'comments/attributes'), '王明华\nWMH')
    t.match(textAt(read, 'notes'), /脚注/)
    t.equal(textAt(read, 'links/attributes'), 'http://nuanting.org.cn/')
    t.equal(textAt(read, 'part/8/metadata/text'), '暖汀')
    t.equal(textAt(read, 'metadata/creator'), '作者')
    t.equal(textAt(read, 'metadata/lastModifiedBy'), '修改者')
    t.equal(textAt(read, 'metadata/Company'), '某中心')
    t.equal(textAt(read, 'metadata/Manager'), '某主任')
    t.match(textAt(read, 'metadata/custom'), /单位\n自定义/)
    t.same(read.unread, [{ where: 'part/8', reason: 'picture' }], 'what the picture shows has to be looked at')
  },
)

t.test(
  'of a workbook every sheet is read, numbers too, with its header, comments and the strings no cell shows',
  async (t) => {
    const read = await readText(
      zip({
        ...TYPES,
        'xl/workbook.xml': '<workbook><sheets><sheet name="暖汀预算" sheetId="1"/></sheets></workbook>',
        'xl/sharedStrings.xml':
          '<sst><si><t>姓名</t></si><si><r><t>李</t></r><r><t>静</t></r><rPh><t>lǐ</t></rPh></si><si><t>旧文字</t></si></sst>',
        'xl/worksheets/sheet1.xml':
          '<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c><v>13812345678</v></c><c t="inlineStr"><is><t>直接</t></is></c></row></sheetData><headerFooter><oddHeader>&amp;C页眉</oddHeader></headerFooter></worksheet>',
        'xl/comments1.xml':
          '<comments><authors><author>批注者</author></authors><comment><text><r><t>批注</t></r></text></comment></comments>',
      }),
    )
    t.equal(read.parts.find(({ where }) => where === 'sheet/1')?.text, '姓名\t李静\t\n13812345678\t直接\t\n')
    t.match(textAt(read, 'sheet/1'), /页眉/)
    t.equal(textAt(read, 'sheets/attributes'), '暖汀预算')
    t.match(textAt(read, 'comments'), /批注者\n[\s\S]*批注/)
    t.equal(textAt(read, 'unused-strings'), '旧文字')
    t.same(read.unread, [])
  },
)

t.test('of a PDF the pages, comments, links and metadata are read, also without embedded fonts', async (t) => {
  const annotations = `/Annots [<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents ${utf16('批注')} /T ${utf16('李静')} >> << /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (http://nuanting.org.cn/) >> >>]`
  const info = `/Author ${utf16('暖汀社工')} /Title (Plan) /Creator (WPS) /SourceModified ${utf16('自定义')}`
  const read = await readText(pdf(['云汀县暖汀社会工作\n服务中心', '第二页'], info, [], annotations))
  t.equal(textAt(read, 'page/1').trim(), '云汀县暖汀社会工作\n服务中心')
  t.equal(textAt(read, 'page/2').trim(), '第二页')
  t.match(textAt(read, 'page/1/annotations'), /批注/)
  t.match(textAt(read, 'page/1/annotations'), /李静/)
  t.match(textAt(read, 'page/1/annotations'), /http:\/\/nuanting\.org\.cn\//)
  t.equal(textAt(read, 'metadata/author'), '暖汀社工')
  t.match(textAt(read, 'metadata/custom'), /自定义/)
  t.same(read.unread, [])
})

t.test('a PDF in the encoding of old Chinese programs is read', async (t) => {
  // GBK-EUC-H: the two bytes of 汀 are CDA1, those of 暖 C5AF.
  const gbk = pdf(['\uc5af\ucda1'], '', [], '', 'GBK-EUC-H')
  t.equal(textAt(await readText(gbk), 'page/1').trim(), '暖汀')
})

t.test('a PDF without text says so, and one with some pages of it too', async (t) => {
  t.same((await readText(pdf(['', '']))).unread, [{ where: '', reason: 'no_text_layer' }])
  t.same((await readText(pdf(['有字', '']))).unread, [{ where: '', reason: 'some_pages_without_text' }])
})

t.test('what is locked or broken says so', async (t) => {
  const password = `<< /Filter /Standard /V 1 /R 2 /O <${'11'.repeat(32)}> /U <${'22'.repeat(32)}> /P -44 >>`
  const reasonOf = async (bytes: Buffer) => (await readText(bytes)).unread
  t.same(await reasonOf(pdf(['有字'], '', [password])), [{ where: '', reason: 'encrypted' }])
  t.same(await reasonOf(Buffer.from('%PDF-1.4 and nothing else')), [{ where: '', reason: 'malformed' }])
  t.same(await reasonOf(Buffer.from('PK\x03\x04 and nothing else')), [{ where: '', reason: 'malformed' }])
  t.same(await reasonOf(Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1')), [
    { where: '', reason: 'encrypted' },
  ])
  t.same(await reasonOf(Buffer.from('hello')), [{ where: '', reason: 'unsupported_type' }])
  t.same(await reasonOf(Buffer.alloc(0)), [{ where: '', reason: 'unsupported_type' }])
  t.same(await reasonOf(zip({ 'a.txt': 'a' }, undefined, 0x801)), [{ where: 'entry/1', reason: 'encrypted' }])
})

t.test('of pictures the metadata is read, and that nobody read the picture itself is said', async (t) => {
  const xmp =
    '<x:xmpmeta><rdf:Description xmlns:a="u" photoshop:Credit="属性" xmpMM:DocumentID="13812345678"><dc:creator><rdf:li>元素</rdf:li></dc:creator></rdf:Description></x:xmpmeta>'
  const fromPng = await readText(
    png(
      ['tEXt', Buffer.from('Author\0文字')],
      ['zTXt', Buffer.concat([Buffer.from('Comment\0\0'), deflateSync('压缩')])],
      ['iTXt', Buffer.concat([Buffer.from('Title\0\x01\0zh\0标题\0'), deflateSync('国际')])],
      ['iTXt', Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${xmp}`)],
      ['eXIf', tiff([[0x13b, 2, Buffer.from('画师们\0')]])],
    ),
  )
  for (const text of ['文字', '压缩', '标题', '国际']) t.match(textAt(fromPng, 'metadata/text'), text)
  t.equal(textAt(fromPng, 'metadata/xmp'), '属性\n元素')
  t.equal(textAt(fromPng, 'metadata/exif'), '画师们')
  const exif = tiff(
    [
      [0x13b, 2, Buffer.from('Li Jing\0')],
      [0x9c9d, 1, Buffer.from('暖汀\0', 'utf16le')],
    ],
    [
      [0xa430, 2, Buffer.from('机主姓名\0')],
      [0xa431, 2, Buffer.from('13812345678\0')],
    ],
  )
  const fromJpeg = await readText(
    jpeg(
      [0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exif])],
      [0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0${xmp}`)],
      [
        0xed,
        Buffer.concat([
          Buffer.from('Photoshop 3.0\0'),
          Buffer.from('\x1c\x02\x50\x00\x06', 'latin1'),
          Buffer.from('署名'),
        ]),
      ],
      [0xfe, Buffer.from('注释')],
    ),
  )
  t.equal(
    textAt(fromJpeg, 'metadata/exif'),
    'Li Jing\n暖汀\n机主姓名',
    'the number of the camera is nobody’s telephone',
  )
  t.equal(textAt(fromJpeg, 'metadata/xmp'), '属性\n元素')
  t.equal(textAt(fromJpeg, 'metadata/iptc'), '署名')
  t.equal(textAt(fromJpeg, 'metadata/comment'), '注释')
  t.same(fromJpeg.unread, [{ where: '', reason: 'picture' }])
  t.same(fromPng.unread, [{ where: '', reason: 'picture' }])
})

t.test('an archive is read one level deep, with the names of its files', async (t) => {
  const inner = docx({ 'word/document.xml': `<w:p>${paragraph('里面')}</w:p>` })
  const read = await readText(
    zip({
      '暖汀/计划.docx': inner,
      '表.pdf': pdf(['页']),
      '说明.txt': '文字',
      'more.zip': zip({ 'a.txt': 'a' }),
      'a.exe': 'MZ',
    }),
  )
  t.match(textAt(read, 'names'), /暖汀\/计划\.docx\n表\.pdf/)
  t.match(textAt(read, 'entry/1/body'), /里面/)
  t.match(textAt(read, 'entry/2/page/1'), /页/)
  t.equal(textAt(read, 'entry/3'), '文字')
  t.same(read.unread, [
    { where: 'entry/4', reason: 'nested_archive' },
    { where: 'entry/5', reason: 'unsupported_type' },
  ])
})

t.test('what unpacks to too much, or to more than it says, is not read', async (t) => {
  const bomb = 'x'.repeat(2 ** 20)
  const honest = docx({ 'word/document.xml': Buffer.alloc(65 * 2 ** 20, 0x20) })
  t.same((await readText(honest)).unread, [{ where: 'body', reason: 'too_large' }])
  const lying = zip({ ...TYPES, 'word/document.xml': bomb }, { name: 'word/document.xml', byteSize: 1000 })
  t.same((await readText(lying)).unread, [{ where: 'body', reason: 'malformed' }])
  const crowd = zip(Object.fromEntries(Array.from({ length: 2001 }, (_, index) => [`${index}.txt`, 'a'])))
  t.same((await readText(crowd)).unread, [{ where: '', reason: 'too_large' }])
})

t.test('a long text is cut and the rest is reported', async (t) => {
  const read = await readText(docx({ 'word/document.xml': `<w:p>${paragraph('字'.repeat(4_000_001))}</w:p>` }))
  t.equal(allOf(read).trim().length, 4_000_000)
  t.same(read.unread, [{ where: '', reason: 'too_large' }])
})

t.test('where something stands is said in our own words, whatever the file calls its parts', async (t) => {
  const read = await readText(
    docx({
      'word/暖汀.xml': `<w:p>${paragraph('甲')}</w:p>`,
      'docProps/core.xml': '<暖汀>乙</暖汀>',
      'xl/worksheets/sheet暖汀.xml': '<row/>',
    }),
  )
  t.ok(read.parts.length >= 2)
  for (const { where } of [...read.parts, ...read.unread]) t.match(where, /^[a-zA-Z/\d-]*$/)
})

t.test('files of strangers are read in a thread of their own, several at once, with the same result', async (t) => {
  const bytes = docx({ 'word/document.xml': `<w:p>${paragraph('暖汀')}</w:p>` })
  const expected = await readText(bytes)
  t.strictSame(await Promise.all(Array.from({ length: 5 }, () => extractText(bytes))), Array(5).fill(expected))
  t.match(textAt(await extractText(pdf(['第一页'])), 'page/1'), /第一页/)
  t.same(await extractText(Buffer.alloc(EXTRACT_BYTES_MAX + 1)), {
    parts: [],
    unread: [{ where: '', reason: 'too_large' }],
  })
})

t.test('a file that takes too long or too much memory costs its thread alone', async (t) => {
  const long = docx({ 'word/document.xml': paragraph('暖汀').repeat(400_000) })
  const slow = await extractText(long, { millisecondsMax: 1, megabytesMax: 256 })
  t.same(slow, { parts: [], unread: [{ where: '', reason: 'timed_out' }] })
  const large = await extractText(long, { millisecondsMax: 60_000, megabytesMax: 12 })
  t.same(large, { parts: [], unread: [{ where: '', reason: 'too_large' }] })
})

t.test('a PDF of some kilobytes that unpacks to gigabytes is given up before it has taken 200 MB', async (t) => {
  const bomb = deflateSync(await deflated(400))
  const filters = `/Filter [/FlateDecode /FlateDecode] /Length ${bomb.length}`
  const content = `<< ${filters} >>\nstream\n${bomb.toString('latin1')}\nendstream`
  const file = pdf(['暖汀'], '', [content], '/Contents 9 0 R')
  t.ok(file.length < 10_000)
  // The library itself takes its memory once.
  await extractText(pdf(['暖汀']))
  const before = process.memoryUsage.rss()
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 10)
  t.same(await extractText(file), { parts: [], unread: [{ where: '', reason: 'too_large' }] })
  clearInterval(watch)
  t.ok((most - before) / 2 ** 20 < 200, `${Math.round((most - before) / 2 ** 20)} MB more than before`)
  t.match(textAt(await extractText(pdf(['暖汀'])), 'page/1'), /暖汀/, 'and the next file is read')
})

/** So many megabytes of spaces. */
async function deflated(megabytes: number): Promise<Buffer> {
  const packer = createDeflate()
  Readable.from(Array(megabytes).fill(Buffer.alloc(2 ** 20, ' '))).pipe(packer)
  return Buffer.concat(await packer.toArray())
}

t.test('no file breaks the reader: not cut short, nor with bytes changed, nor made of chance', async (t) => {
  const files = [
    docx({
      'word/document.xml': `<w:p>${paragraph('暖汀')}</w:p>`,
      'docProps/core.xml': '<a><dc:creator>a</dc:creator></a>',
    }),
    pdf(['暖汀'], `/Author ${utf16('李静')}`),
    png(
      ['tEXt', Buffer.from('Author\0a')],
      ['iTXt', Buffer.from('a\0\0')],
      ['eXIf', tiff([[0x13b, 2, Buffer.from('abcdef\0')]])],
    ),
    jpeg(
      [0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tiff([[0x13b, 2, Buffer.from('abcdef\0')]])])],
      [0xed, Buffer.from('\x1c\x02')],
    ),
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.nat(5000),
      fc.array(fc.tuple(fc.nat(5000), fc.nat(255)), { maxLength: 8 }),
      async (file, cut, changes) => {
        const bytes = Buffer.from(file.subarray(0, Math.max(file.length - cut, 0) || file.length))
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        const { parts, unread } = await readText(bytes)
        return parts.length + unread.length >= 0
      },
    ),
    { numRuns: 150 },
  )
  t.pass('150 broken files were read or reported')
})
