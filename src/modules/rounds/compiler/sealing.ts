import { defineFindings, type Part, repeatedIndexes, when } from './finding.ts'

const FLAW = defineFindings({
  key_holder_unknown: [
    'error',
    '本服务没有接入密钥保管方 {keyHolder};请改用 {available},或请平台管理员接入。',
    'This service has no key holder {keyHolder}; take {available}, or have the administrator connect it.',
  ],
  officers_missing: [
    'error',
    '密钥由保管人分持,但没有指定保管人;请填写 officers。',
    'Officers shall keep the round key, but none is named; fill in officers.',
  ],
  officers_unused: [
    'error',
    '密钥不由保管人分持,officers 应为空;请清空名单或把 keyHolder 改为 officers。',
    'The key is not kept by officers: empty the list or make keyHolder officers.',
  ],
  shares_above_officers: [
    'error',
    '需要 {required} 份才能恢复密钥,但只有 {officers} 位保管人;标书将永远无法开启。',
    'The key needs {required} shares but there are {officers} officers: the bids could never be opened.',
  ],
  single_share: [
    'error',
    '一份即可恢复密钥,任何一位保管人都能单独开启;请把 sharesRequired 设为 2 或以上。',
    'One share would restore the key, so that any officer alone could open: require 2 or more.',
  ],
  no_share_to_spare: [
    'warning',
    '每一位保管人都必须到场,丢失任何一份都将无法开启。',
    'Every officer is needed: one lost share and no bid can be opened.',
  ],
  officer_key_repeated: [
    'error',
    '两位保管人使用同一公钥,实际上由同一人持有两份。',
    'Two officers have the same public key: one person would hold two shares.',
  ],
  officer_name_repeated: [
    'error',
    '同一保管人列了两次,便会持有两份。',
    'The officer is named twice and would hold two shares.',
  ],
  officer_key_weak: [
    'error',
    '这个公钥是一个众所周知的弱点,任何人都能解开用它加密的内容;请换一个密钥。',
    'This public key is a point of small order, under which nothing is secret; take another key.',
  ],
  openers_too_few: [
    'error',
    '开启需要 {required} 人,但主办和承办单位只有 {openers} 个有效凭证;请先发放凭证。',
    'The opening takes {required} people, but host and operator hold {openers} live credentials; issue more first.',
  ],
})

/** The coordinates 0 and 1 and their twins above the prime, little endian: points of order 1, 2 or 4. */
const WEAK_KEYS = new Set([
  'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  '7P_______________________________________38',
  '7f_______________________________________38',
  '7v_______________________________________38',
])

/** Whether the bids can be kept shut until the opening and opened then. */
export const sealing: Part = {
  definitions: FLAW,
  check: ({ policy: { sealing: rules } }, { holders, keyHolders }) => {
    const { keyHolder, officers, sharesRequired, openersRequired } = rules
    const byOfficers = keyHolder === 'officers'
    const hasOfficers = byOfficers && officers.length > 0
    const openers = holders
      .filter(({ roles }) => roles.includes('host') || roles.includes('operator'))
      .reduce((sum, { count }) => sum + count, 0)
    const place = '/policy/sealing'
    return [
      ...when(!keyHolders.includes(keyHolder), `${place}/keyHolder`, FLAW.key_holder_unknown, {
        keyHolder,
        available: keyHolders.join(', '),
      }),
      ...when(byOfficers && officers.length === 0, `${place}/officers`, FLAW.officers_missing),
      ...when(!byOfficers && officers.length > 0, `${place}/officers`, FLAW.officers_unused),
      ...when(hasOfficers && sharesRequired > officers.length, `${place}/sharesRequired`, FLAW.shares_above_officers, {
        required: sharesRequired,
        officers: officers.length,
      }),
      ...when(hasOfficers && sharesRequired < 2, `${place}/sharesRequired`, FLAW.single_share),
      ...when(
        hasOfficers && sharesRequired >= 2 && sharesRequired === officers.length,
        `${place}/sharesRequired`,
        FLAW.no_share_to_spare,
      ),
      ...repeatedIndexes(officers.map(({ publicKey }) => publicKey.x)).flatMap((index) =>
        when(true, `${place}/officers/${index}/publicKey`, FLAW.officer_key_repeated),
      ),
      ...repeatedIndexes(officers.map(({ name }) => name)).flatMap((index) =>
        when(true, `${place}/officers/${index}/name`, FLAW.officer_name_repeated),
      ),
      ...officers.flatMap(({ publicKey }, index) =>
        when(WEAK_KEYS.has(publicKey.x), `${place}/officers/${index}/publicKey`, FLAW.officer_key_weak),
      ),
      ...when(openers < openersRequired, `${place}/openersRequired`, FLAW.openers_too_few, {
        required: openersRequired,
        openers,
      }),
    ]
  },
}
