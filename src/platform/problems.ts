import { defineProblem } from '../kernel/problem.ts'

export const InvalidRequest = defineProblem({
  code: 'invalid_request',
  status: 400,
  title: { 'zh-CN': '请求格式不正确', en: 'The request is malformed' },
  detail: { 'zh-CN': '{reason}', en: '{reason}' },
})
export const InvalidCursor = defineProblem({
  code: 'invalid_cursor',
  status: 400,
  title: { 'zh-CN': '分页游标无效', en: 'The page cursor is not valid' },
  detail: {
    'zh-CN': '游标已损坏,或来自另一组筛选条件;请从第一页重新开始。',
    en: 'The cursor is damaged or belongs to other filters; start again from the first page.',
  },
})
export const IdempotencyKeyRequired = defineProblem({
  code: 'idempotency_key_required',
  status: 400,
  title: { 'zh-CN': '缺少 Idempotency-Key', en: 'Idempotency-Key is missing' },
  detail: {
    'zh-CN': '此操作必须带 Idempotency-Key 请求头(1–255 个可见 ASCII 字符,建议用 UUID),重试时保持不变。',
    en: 'This operation needs an Idempotency-Key header (1–255 visible ASCII characters, a UUID is best); keep it on retries.',
  },
})
export const IdempotencyKeyInvalid = defineProblem({
  code: 'idempotency_key_invalid',
  status: 400,
  title: { 'zh-CN': 'Idempotency-Key 无效', en: 'Idempotency-Key is not valid' },
  detail: {
    'zh-CN': 'Idempotency-Key 应为 1–255 个可见 ASCII 字符,可加双引号。',
    en: 'An Idempotency-Key has 1–255 visible ASCII characters, optionally in double quotes.',
  },
})
export const IdempotencyInProgress = defineProblem({
  code: 'idempotency_in_progress',
  status: 409,
  title: { 'zh-CN': '同一请求正在处理', en: 'The same request is being processed' },
  detail: {
    'zh-CN': '带有这个 Idempotency-Key 的请求正在处理,请稍后用同一个键重试。',
    en: 'A request with this Idempotency-Key is still running; retry with the same key in a moment.',
  },
})
export const IdempotencyKeyReused = defineProblem({
  code: 'idempotency_key_reused',
  status: 422,
  title: { 'zh-CN': 'Idempotency-Key 已被使用', en: 'The Idempotency-Key was used before' },
  detail: {
    'zh-CN': '这个键已用于内容不同的请求;新的请求请用新的键。',
    en: 'This key was used for a request with other content; use a new key for a new request.',
  },
})
export const Unauthenticated = defineProblem({
  code: 'unauthenticated',
  status: 401,
  title: { 'zh-CN': '需要身份凭证', en: 'A credential is needed' },
  detail: {
    'zh-CN': '请在 Authorization: Bearer 中提供有效的 API 密钥或访问令牌。',
    en: 'Send a valid API key or access token as Authorization: Bearer.',
  },
})
export const Forbidden = defineProblem({
  code: 'forbidden',
  status: 403,
  title: { 'zh-CN': '没有权限', en: 'Not permitted' },
  detail: {
    'zh-CN': '您的凭证没有执行 {action} 的权限。',
    en: 'Your credential does not permit {action}.',
  },
})
export const NotFound = defineProblem({
  code: 'not_found',
  status: 404,
  title: { 'zh-CN': '未找到', en: 'Not found' },
  detail: {
    'zh-CN': '该资源不存在,或您无权知道它是否存在。',
    en: 'There is no such resource, or you may not know of it.',
  },
})
export const MethodNotAllowed = defineProblem({
  code: 'method_not_allowed',
  status: 405,
  title: { 'zh-CN': '不支持该方法', en: 'Method not allowed' },
  detail: { 'zh-CN': '此地址只支持 {allow}。', en: 'This address supports only {allow}.' },
})
export const NotAcceptable = defineProblem({
  code: 'not_acceptable',
  status: 406,
  title: { 'zh-CN': '无法按所要求的类型回答', en: 'No answer of that kind' },
  detail: {
    'zh-CN': '此地址只返回 application/json,而 Accept 请求头不接受它。',
    en: 'This address answers application/json only, and Accept leaves no room for it.',
  },
})
export const ExpectationFailed = defineProblem({
  code: 'expectation_failed',
  status: 417,
  title: { 'zh-CN': '无法满足 Expect', en: 'The expectation cannot be met' },
  detail: { 'zh-CN': 'Expect 请求头只支持 100-continue。', en: 'Expect may only say 100-continue.' },
})
export const PreconditionFailed = defineProblem({
  code: 'precondition_failed',
  status: 412,
  title: { 'zh-CN': '资源已被修改', en: 'The resource has changed' },
  detail: {
    'zh-CN': '当前版本是 {version};请重新读取后再提交。',
    en: 'The current version is {version}; read it again and decide anew.',
  },
})
export const PayloadTooLarge = defineProblem({
  code: 'payload_too_large',
  status: 413,
  title: { 'zh-CN': '内容过大', en: 'The content is too large' },
  detail: { 'zh-CN': '请求体超过上限。', en: 'The body exceeds the limit of this operation.' },
})
export const UnsupportedMediaType = defineProblem({
  code: 'unsupported_media_type',
  status: 415,
  title: { 'zh-CN': '不支持的内容类型', en: 'Unsupported media type' },
  detail: { 'zh-CN': '请使用 {expected}。', en: 'Use {expected}.' },
})
export const PreconditionRequired = defineProblem({
  code: 'precondition_required',
  status: 428,
  title: { 'zh-CN': '缺少 If-Match', en: 'If-Match is missing' },
  detail: {
    'zh-CN': '修改资源时请在 If-Match 中带上读到的 ETag。',
    en: 'Send the ETag you read as If-Match when you change a resource.',
  },
})
export const TooManyRequests = defineProblem({
  code: 'too_many_requests',
  status: 429,
  title: { 'zh-CN': '请求过于频繁', en: 'Too many requests' },
  detail: { 'zh-CN': '请在 {seconds} 秒后重试。', en: 'Retry after {seconds} seconds.' },
})
export const InternalError = defineProblem({
  code: 'internal_error',
  status: 500,
  title: { 'zh-CN': '服务内部错误', en: 'Internal error' },
  detail: {
    'zh-CN': '没有写入任何内容;可用同一个 Idempotency-Key 重试。请附上 requestId 联系平台。',
    en: 'Nothing was written; you may retry with the same Idempotency-Key. Quote the requestId when you report it.',
  },
})
export const ServiceUnavailable = defineProblem({
  code: 'service_unavailable',
  status: 503,
  title: { 'zh-CN': '服务暂不可用', en: 'Service unavailable' },
  detail: { 'zh-CN': '请稍后用同一个键重试。', en: 'Retry in a moment with the same key.' },
})
