import { defineProblem } from '../../kernel/problem.ts'

export const DocumentContentDiffers = defineProblem({
  code: 'document_content_differs',
  status: 422,
  title: { 'zh-CN': '文件内容与登记不符', en: 'The content is not what was announced' },
  detail: {
    'zh-CN':
      '上传内容的{property}与登记的不一致 (应为 {wanted});没有保存任何内容,请重新上传,或用正确的值重新登记文件。',
    en: 'The {property} of the upload is not as announced ({wanted}). Nothing was kept: upload again, or announce the file anew with the right values.',
  },
})
export const DocumentTypeDiffers = defineProblem({
  code: 'document_type_differs',
  status: 422,
  title: { 'zh-CN': '文件类型与登记不符', en: 'The content is of another type than announced' },
  detail: {
    'zh-CN': '登记的类型是 {declared},内容却是 {found};该文件已被拒收,请用正确的类型重新登记。',
    en: 'Announced was {declared}, the content is {found}. The document is rejected; announce the file anew with its real type.',
  },
})
export const DocumentRejected = defineProblem({
  code: 'document_rejected',
  status: 409,
  title: { 'zh-CN': '文件已被拒收', en: 'The document was rejected' },
  detail: {
    'zh-CN': '文件 {documentId} 的内容未通过检查 ({reason}),已被拒收;请改正后重新登记并上传。',
    en: 'The content of {documentId} did not pass the checks ({reason}) and was rejected; mend it and announce the file anew.',
  },
})
export const DocumentNotStored = defineProblem({
  code: 'document_not_stored',
  status: 409,
  title: { 'zh-CN': '文件尚无内容', en: 'The document has no content' },
  detail: {
    'zh-CN': '文件 {documentId} 尚未上传或已被拒收;请先上传内容。',
    en: 'The content of {documentId} was not uploaded yet or was rejected; upload it first.',
  },
})
export const DocumentNotUsable = defineProblem({
  code: 'document_not_usable',
  status: 422,
  title: { 'zh-CN': '不能引用该文件', en: 'The document cannot be referred to' },
  detail: {
    'zh-CN': '文件 {documentIds} 不存在、不属于本机构,或尚未上传完毕;请先由本机构上传。',
    en: 'There is no {documentIds}, it belongs to another organization, or its content is missing; upload it as your own first.',
  },
})
export const DocumentNameDiffers = defineProblem({
  code: 'document_name_differs',
  status: 422,
  title: { 'zh-CN': '文件名与类型不符', en: 'The file name does not fit the type' },
  detail: {
    'zh-CN': '类型 {mediaType} 的文件名应以 .{extension} 结尾;请改正文件名或类型。',
    en: 'The name of a file of type {mediaType} ends in .{extension}; correct the name or the type.',
  },
})
export const DocumentSealed = defineProblem({
  code: 'document_sealed',
  status: 409,
  title: { 'zh-CN': '文件处于密封状态', en: 'The document is sealed' },
  detail: {
    'zh-CN': '文件 {documentId} 已密封,开启之前任何人都不能读取;请等待开启。',
    en: 'The document {documentId} is sealed and nobody can read it before the opening; wait for that.',
  },
})
export const DocumentInfected = defineProblem({
  code: 'document_infected',
  status: 422,
  title: { 'zh-CN': '文件含有恶意程序', en: 'The content is infected' },
  detail: {
    'zh-CN': '查毒发现 {signature};内容已删除,该文件已被隔离。请清除病毒后重新登记并上传。',
    en: 'The scanner found {signature}. The content was removed and the document quarantined; clean the file and announce it anew.',
  },
})
export const DocumentQuarantined = defineProblem({
  code: 'document_quarantined',
  status: 409,
  title: { 'zh-CN': '文件已被隔离', en: 'The document is quarantined' },
  detail: {
    'zh-CN': '文件 {documentId} 曾查出恶意程序,内容已删除;请清除病毒后重新登记。',
    en: 'Malware was found in {documentId} and its content was removed; clean the file and announce it anew.',
  },
})
export const TooManyPending = defineProblem({
  code: 'too_many_pending',
  status: 409,
  title: { 'zh-CN': '待上传的文件过多', en: 'Too many documents wait for their content' },
  detail: {
    'zh-CN': '24 小时内登记而未上传的文件最多 {max} 个;请先上传已登记的文件。',
    en: 'At most {max} documents may be announced within 24 hours and not uploaded; upload those first.',
  },
})
export const ScannerNotAvailable = defineProblem({
  code: 'scanner_unavailable',
  status: 503,
  title: { 'zh-CN': '查毒服务暂不可用', en: 'The virus scanner is not available' },
  detail: {
    'zh-CN': '没有保存任何内容;请稍后重新上传。',
    en: 'Nothing was kept; upload again in a moment.',
  },
})
export const RecipientInvalid = defineProblem({
  code: 'sealing_recipient_invalid',
  status: 422,
  title: { 'zh-CN': '密封公钥无效', en: 'A sealing key is not valid' },
  detail: {
    'zh-CN': '“{recipient}” 不是有效的 age 公钥;请检查轮次的密封设置。',
    en: '“{recipient}” is no age recipient; correct the sealing settings of the round.',
  },
})
export const ImageTooLarge = defineProblem({
  code: 'image_too_large',
  status: 422,
  title: { 'zh-CN': '图片尺寸过大', en: 'The image has too many pixels' },
  detail: {
    'zh-CN': '图片最多 {maxMegapixels} 百万像素;请缩小后重新登记并上传。',
    en: 'An image has at most {maxMegapixels} megapixels; scale it down and announce it anew.',
  },
})
export const ImageUnreadable = defineProblem({
  code: 'image_unreadable',
  status: 422,
  title: { 'zh-CN': '图片无法识别', en: 'The image cannot be read' },
  detail: {
    'zh-CN': '读不出图片的尺寸;请重新导出图片后登记并上传。',
    en: 'Its width and height cannot be read; export the image again and announce it anew.',
  },
})
export const ArchiveUnreadable = defineProblem({
  code: 'archive_unreadable',
  status: 422,
  title: { 'zh-CN': '压缩包无法识别', en: 'The archive cannot be read' },
  detail: {
    'zh-CN': '压缩包的目录缺失、损坏、过大,与内容不符,或压缩方式不是 Deflate;请用普通方式重新打包后登记并上传。',
    en: 'Its directory is missing, damaged, too large or not what the archive really holds, or it is packed by another method than Deflate; pack it again plainly and announce it anew.',
  },
})
export const ArchiveTooManyEntries = defineProblem({
  code: 'archive_too_many_entries',
  status: 422,
  title: { 'zh-CN': '压缩包内文件过多', en: 'The archive has too many entries' },
  detail: {
    'zh-CN': '压缩包内最多 {max} 个条目;请拆分后分别上传。',
    en: 'An archive has at most {max} entries; split it and upload the parts.',
  },
})
export const ArchiveTooLarge = defineProblem({
  code: 'archive_too_large',
  status: 422,
  title: { 'zh-CN': '压缩包解压后过大', en: 'The archive unpacks to too much' },
  detail: {
    'zh-CN': '解压后最多 {maxBytes} 字节,且不超过压缩包的 {ratioMax} 倍;请拆分或换用普通压缩。',
    en: 'It may unpack to {maxBytes} bytes and to {ratioMax} times its size at most; split it or pack it plainly.',
  },
})
export const ArchiveUnsafePath = defineProblem({
  code: 'archive_unsafe_path',
  status: 422,
  title: { 'zh-CN': '压缩包内路径不安全', en: 'The archive has an unsafe path' },
  detail: {
    'zh-CN': '条目 “{entry}” 是绝对路径、指向上级目录,或含有控制文字方向的字符;请改名并用相对路径重新打包。',
    en: 'The entry “{entry}” is absolute, leads upwards or holds marks of text direction; rename it and pack it again with relative paths.',
  },
})
export const ArchiveSymlink = defineProblem({
  code: 'archive_symlink',
  status: 422,
  title: { 'zh-CN': '压缩包内含符号链接', en: 'The archive has a symbolic link' },
  detail: {
    'zh-CN': '条目 “{entry}” 是符号链接;请改为文件本身后重新打包。',
    en: 'The entry “{entry}” is a symbolic link; pack the file itself.',
  },
})
export const ArchiveNested = defineProblem({
  code: 'archive_nested',
  status: 422,
  title: { 'zh-CN': '压缩包内含压缩包', en: 'The archive holds an archive' },
  detail: {
    'zh-CN': '条目 “{entry}” 本身是压缩包;请解压后重新打包。',
    en: 'The entry “{entry}” is an archive itself; unpack it and pack the files.',
  },
})
export const ArchiveRunsMacros = defineProblem({
  code: 'archive_macros',
  status: 422,
  title: { 'zh-CN': '文件含有宏', en: 'The file holds macros' },
  detail: {
    'zh-CN': '条目 “{entry}” 含有宏程序;请另存为不含宏的格式后登记并上传。',
    en: 'The entry “{entry}” holds macros; save the file without them and announce it anew.',
  },
})
export const ArchiveEncrypted = defineProblem({
  code: 'archive_encrypted',
  status: 422,
  title: { 'zh-CN': '压缩包已加密', en: 'The archive is encrypted' },
  detail: {
    'zh-CN': '条目 “{entry}” 设有密码;请去掉密码后重新打包。',
    en: 'The entry “{entry}” has a password; pack it without one.',
  },
})

/** What may be wrong with a content as it is: the document is rejected for good. */
export const CONTENT_PROBLEMS = [
  DocumentTypeDiffers,
  ImageTooLarge,
  ImageUnreadable,
  ArchiveUnreadable,
  ArchiveTooManyEntries,
  ArchiveTooLarge,
  ArchiveUnsafePath,
  ArchiveSymlink,
  ArchiveNested,
  ArchiveRunsMacros,
  ArchiveEncrypted,
]

export const DOCUMENT_PROBLEMS = [
  DocumentContentDiffers,
  ...CONTENT_PROBLEMS,
  DocumentRejected,
  DocumentNotStored,
  DocumentNotUsable,
  DocumentNameDiffers,
  DocumentSealed,
  DocumentInfected,
  DocumentQuarantined,
  TooManyPending,
  ScannerNotAvailable,
  RecipientInvalid,
]
