import type pg from 'pg'

const COUNTY = '330199'
const AGENCIES = 200
const COMMUNITIES = 50
/** A project answers one to three needs, and ten projects compete for each. */
const PROJECTS_PER_NEED = 10
/** Small enough for a statement to say how far it got, large enough for its overhead not to count. */
const CHUNK = 10_000

/** Twelve sentences of about fifty characters; a summary is made of four. */
const SENTENCES = [
  '项目面向辖区内独居、空巢和失能老人,由社工与志愿者结对上门,每周至少探访一次并建立服务档案,及时掌握身体与生活状况。',
  '针对放学后无人看护的留守儿童,开设课业辅导、阅读陪伴和假期安全教育,由专业社工带领大学生志愿者轮值开展。',
  '联合社区卫生服务站为残疾人家庭提供居家康复指导和辅具适配,并为主要照护者安排每月一次的喘息服务与心理支持。',
  '通过入户走访和需求评估建立一户一档,链接慈善资源和政策信息,帮助低保边缘家庭制定可以跟踪的个案服务计划。',
  '在新居民集中的小区组建邻里互助小组,培育楼道骨干,开展政策宣讲、技能培训和节庆活动,促进新老居民相互熟悉。',
  '服务采用社工统筹、志愿者参与、社区支持的方式,建立首问登记、分级响应和回访制度,重大情况两小时内上报社区。',
  '项目团队配备持证社会工作师三名、兼职心理咨询师一名,骨干成员均有五年以上社区服务经验,并接受每月一次督导。',
  '项目周期内分准备、实施和总结三个阶段推进,每月报送进度与经费使用情况,中期和末期接受第三方评估并公开结果。',
  '经费按照预算科目专款专用,设立独立台账,大额支出经机构理事会审议,接受社区居民代表和主办单位的共同监督。',
  '依托社区党群服务中心设置固定服务点,公布服务时间与联系电话,为行动不便的居民提供预约上门和代办陪同服务。',
  '培育一支不少于三十人的本地志愿者队伍,开展分层培训与时间银行积分激励,项目结束后由社区社会组织继续运行。',
  '形成服务手册、案例集和评估报告各一份,在街道范围内组织经验分享会,为同类社区开展服务提供可以复制的做法。',
]
const PLACES = ['云亭', '河口', '南桥', '北塘', '东兴', '西岭', '长乐', '永和', '清溪', '石门', '新安', '柳林']
const THEMES = [
  '独居高龄老人定期探访与应急响应',
  '留守儿童课后与假期陪伴',
  '残疾人居家康复与家庭支持',
  '低保边缘家庭资源链接与个案帮扶',
  '新居民社区融入',
  '邻里协商议事能力提升',
  '社区志愿者队伍培育',
  '居家适老化安全改造指导',
]
const INDICATORS = [
  { name: '直接服务对象人数', kind: 'persons', unit: '人' },
  { name: '入户探访与个案服务', kind: 'person_times', unit: '人次' },
  { name: '链接社会资源折价', kind: 'money', unit: '元' },
]

/** A text array of SQL; the texts above hold no quotes. */
const array = (texts: readonly string[]) => `(array[${texts.map((text) => `'${text}'`).join(',')}])`
const pick = (texts: readonly string[], index: string) => `${array(texts)}[1 + (${index}) % ${texts.length}]`
/** An identifier that sorts by the hour in which number n was made; one made per minute, the last some hours ago. */
const idAt = (n: string, count: number) => `uuidv7(make_interval(mins => (${n}) - ${count} - 600))`

/**
 * Fills a migrated database through SQL: one host, its agencies and communities, published needs, and listed projects
 * with one to three needs and three indicators each. Two connections share the work. Ends with `vacuum analyze`, as
 * autovacuum would in time. All keys, checks and indexes that production has are there and used.
 */
export async function seed(pool: pg.Pool, projects: number, progress: (done: number) => void): Promise<void> {
  const needs = Math.max(10, Math.ceil(projects / PROJECTS_PER_NEED))
  await seedParticipants(pool)
  await pool.query(needsSql(needs))
  await pool.query(
    'create unlogged table seeded_need as select row_number() over (order by id)::int - 1 as number, id from need',
  )
  await pool.query('alter table seeded_need add primary key (number)')
  await pool.query('analyze seeded_need, organization')
  // Vacuuming a table while it grows is done over and over.
  await configure(pool, ['set autovacuum = off', "set max_wal_size = '16GB'"])
  let next = 0
  let done = 0
  const work = async () => {
    const client = await pool.connect()
    // Every row refers to rows of the same statement or of those before; asking for each of them took half the time.
    await client.query("set session_replication_role = replica; set work_mem = '64MB'")
    for (let from = next; from < projects; from = next) {
      const to = Math.min(from + CHUNK, projects)
      next = to
      await client.query(projectsSql(from, to, projects, needs))
      done += to - from
      progress(done)
    }
    client.release(true)
  }
  await Promise.all([work(), work()])
  await configure(pool, ['reset autovacuum', 'reset max_wal_size'])
  await pool.query('drop table seeded_need')
  await pool.query('vacuum (analyze) need, project, project_need, project_indicator')
  await pool.query('checkpoint')
}

async function configure(pool: pg.Pool, settings: readonly string[]): Promise<void> {
  for (const setting of settings) await pool.query(`alter system ${setting}`)
  await pool.query('select pg_reload_conf()')
}

async function seedParticipants(pool: pg.Pool): Promise<void> {
  await pool.query(`
    insert into division (code, name, level, parent_code, community_kind, households, premises_square_metres)
    select '${COUNTY}001' || lpad(n::text, 3, '0'), ${pick(PLACES, 'n')} || '社区' || n, 'community',
      '${COUNTY}001000', 'urban', 800 + n * 10, 600
    from generate_series(1, ${COMMUNITIES}) n`)
  await pool.query(`
    insert into organization (id, name, type, credit_code)
    select uuidv7(), case n when 0 then '云亭县民政局' else ${pick(PLACES, 'n')} || '社会工作服务中心' || n end,
      case n when 0 then 'government' else 'social_service_org' end,
      '5233010000000' || lpad(n::text, 5, '0')
    from generate_series(0, ${AGENCIES}) n`)
}

function needsSql(count: number): string {
  return `
    insert into need (id, version, host_id, division_code, title, description, beneficiary_group, beneficiary_count,
      beneficiary_unit, service_field, reference_budget_fen, state, published_at, created_at)
    select id, 3, (select id from organization where type = 'government'),
      '${COUNTY}001' || lpad((1 + n % ${COMMUNITIES})::text, 3, '0'),
      ${pick(PLACES, 'n')} || '社区' || ${pick(THEMES, 'n')}, ${pick(SENTENCES, 'n')} || ${pick(SENTENCES, 'n / 12')},
      ${pick(['elderly', 'left_behind_children', 'disabled', 'dibao_marginal'], 'n')}, 20 + n % 180, 'persons',
      ${pick(['elderly_care', 'child_youth', 'disability', 'relief'], 'n')}, (30 + n % 120) * 100000, 'published',
      uuid_extract_timestamp(id) + interval '1 day', uuid_extract_timestamp(id)
    from (select n, ${idAt(`n * ${PROJECTS_PER_NEED}`, count * PROJECTS_PER_NEED)} as id
          from generate_series(1, ${count}) n) as fresh`
}

/** Projects from (inclusive) to (exclusive) with their needs and indicators, in one statement. */
function projectsSql(from: number, to: number, count: number, needs: number): string {
  const values = INDICATORS.map(({ name, kind, unit }, at) => `(${at + 1}, '${name}', '${kind}', '${unit}')`)
  return `
    with agency as materialized (
      select array_agg(id order by id) as ids from organization where type = 'social_service_org'),
    fresh as materialized (
      select n, ${idAt('n', count)} as id from generate_series(${from}, ${to - 1}) n),
    made as (
      insert into project (id, version, host_id, organization_id, title, summary, starts_on, ends_on, state, listed_at,
        created_at)
      select id, 2, (select id from organization where type = 'government'), agency.ids[1 + n * 7 % ${AGENCIES}],
        ${pick(PLACES, 'n / 8')} || '社区' || ${pick(THEMES, 'n')} || '项目',
        ${[1, 5, 25, 125].map((step) => pick(SENTENCES, `n / ${step}`)).join(' || ')},
        date '2026-03-01' + n % 90, date '2026-12-31' + n % 60, 'listed',
        uuid_extract_timestamp(id) + interval '3 hours', uuid_extract_timestamp(id)
      from fresh, agency),
    answered as (
      insert into project_need (project_id, position, need_id)
      select fresh.id, position, seeded_need.id
      from fresh cross join generate_series(1, 1 + n % 3) position
      join seeded_need on number = (n / ${PROJECTS_PER_NEED} + (position - 1) * 3) % ${needs})
    insert into project_indicator (id, project_id, position, name, kind, unit, target, target_text)
    select uuidv7(), fresh.id, position, name, kind, unit, case kind when 'money' then 100000 else 1 end * (20 + n % 400),
      case position when 1 then '服务档案齐全,满意度不低于百分之九十' end
    from fresh, (values ${values.join(',')}) as indicator (position, name, kind, unit)`
}
