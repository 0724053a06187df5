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
    'zh-CN': '文件 {documentId} 的内容与登记类型不符,已被拒收;请重新登记后再上传。',
    en: 'The content of {documentId} did not fit its type and was rejected; announce the file anew.',
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

export const DOCUMENT_PROBLEMS = [
  DocumentContentDiffers,
  DocumentTypeDiffers,
  DocumentRejected,
  DocumentNotStored,
  DocumentNotUsable,
]
