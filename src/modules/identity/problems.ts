import { defineProblem } from '../../kernel/problem.ts'

export const RolesExclusive = defineProblem({
  code: 'roles_exclusive',
  status: 422,
  title: { 'zh-CN': '角色互斥', en: 'These roles exclude each other' },
  detail: {
    'zh-CN': '{one} 与 {other} 不能由同一凭证担任。',
    en: 'One credential cannot hold both {one} and {other}.',
  },
})
export const HostMissing = defineProblem({
  code: 'host_missing',
  status: 422,
  title: { 'zh-CN': '缺少主办单位', en: 'The host organization is missing' },
  detail: {
    'zh-CN': '这些角色必须写明为哪个主办单位工作(hostId)。',
    en: 'These roles work for a host organization: name it in hostId.',
  },
})
export const OrganizationMissing = defineProblem({
  code: 'organization_missing',
  status: 422,
  title: { 'zh-CN': '缺少所属组织', en: 'The organization is missing' },
  detail: {
    'zh-CN': '机构与资源方的凭证必须写明所属组织(organizationId)。',
    en: 'Agencies and providers act for an organization: name it in organizationId.',
  },
})
export const ExpertMissing = defineProblem({
  code: 'expert_missing',
  status: 422,
  title: { 'zh-CN': '专家凭证与专家记录不一致', en: 'Expert role and expert record do not fit' },
  detail: {
    'zh-CN': '角色 expert 必须且只能与 expertId 一起使用。',
    en: 'The role expert goes with an expertId, and only that role does.',
  },
})
export const StandingNotYours = defineProblem({
  code: 'standing_not_yours',
  status: 403,
  title: { 'zh-CN': '不能发放这种凭证', en: 'You cannot hand out this standing' },
  detail: {
    'zh-CN':
      '主办单位只能为本单位工作的角色(hostId 为本单位,organizationId 为空或本单位)发放凭证,机构只能为本机构再发放 agency、provider 凭证;机构的首个凭证、第三方单位与专家的凭证请向平台管理员申请。',
    en: 'A host hands out roles of its own staff only (its own hostId, organizationId empty or the same), an agency further agency and provider keys of its own organization; ask the platform administrator for first keys of agencies, for keys of third parties and of experts.',
  },
})
export const KeyLifetimeTooLong = defineProblem({
  code: 'key_lifetime_invalid',
  status: 422,
  title: { 'zh-CN': '密钥有效期无效', en: 'The lifetime of the key is not allowed' },
  detail: {
    'zh-CN': '有效期必须在将来,且不超过 {days} 天。',
    en: 'A key expires in the future and lives at most {days} days.',
  },
})
export const UserTaken = defineProblem({
  code: 'user_taken',
  status: 409,
  title: { 'zh-CN': '该用户已登记', en: 'This user is on record' },
  detail: {
    'zh-CN': '该 issuer 与 subject 已有有效的用户记录;如需改变其身份,请先停用(POST /v1/users/…/disabling)再登记。',
    en: 'There is a user with this issuer and subject; to give another standing, disable that one first (POST /v1/users/…/disabling).',
  },
})
export const UserDisabled = defineProblem({
  code: 'user_disabled',
  status: 409,
  title: { 'zh-CN': '该用户已停用', en: 'The user is disabled' },
  detail: {
    'zh-CN': '该用户此前已停用;如需恢复,请以 POST /v1/users 重新登记。',
    en: 'This user has been disabled before; to let the person in again, give a new standing with POST /v1/users.',
  },
})
export const KeyRevoked = defineProblem({
  code: 'key_revoked',
  status: 409,
  title: { 'zh-CN': '密钥已吊销', en: 'The key is revoked' },
  detail: { 'zh-CN': '该密钥已被吊销,无法再操作。', en: 'This key has been revoked before.' },
})
export const StandingUnknown = defineProblem({
  code: 'standing_unknown',
  status: 422,
  title: { 'zh-CN': '所引用的组织不存在', en: 'A named organization does not exist' },
  detail: {
    'zh-CN': 'organizationId 或 hostId 指向不存在的组织。',
    en: 'organizationId or hostId names an organization that does not exist.',
  },
})
export const ExpertUnknown = defineProblem({
  code: 'expert_unknown',
  status: 422,
  title: { 'zh-CN': '所引用的专家不存在', en: 'The named expert does not exist' },
  detail: {
    'zh-CN': 'expertId 指向不存在的专家,或不属于 hostId 所指主办单位的专家;请先登记专家(POST /v1/experts)。',
    en: 'expertId names no expert, or none of the host in hostId; put the expert on record first (POST /v1/experts).',
  },
})

export const IDENTITY_PROBLEMS = [
  RolesExclusive,
  HostMissing,
  OrganizationMissing,
  ExpertMissing,
  KeyLifetimeTooLong,
  UserTaken,
  UserDisabled,
  KeyRevoked,
  StandingUnknown,
  ExpertUnknown,
  StandingNotYours,
]
