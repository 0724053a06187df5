import type { Client } from './client.ts'
import { Refused } from './client.ts'
import type { Scenario } from './scenarioSchema.ts'

/** Something the scenario tried and the service refused. */
export interface Refusal {
  readonly subject: string
  readonly code: string
  readonly rule?: string
  readonly step: string
  readonly detail: string
}

type Kind =
  | 'organization'
  | 'expert'
  | 'need'
  | 'project'
  | 'bid'
  | 'award'
  | 'objection'
  | 'rectification'
  | 'evaluation'
  | 'agreement'
  | 'settlement'
  | 'match'

/** What the player knows while it plays: who is who, under which id, with which key. */
export interface World {
  readonly scenario: Scenario
  readonly client: Client
  readonly adminKey: string
  hostId: string
  roundId: string
  panelId: string
  noticeId: string | null
  readonly refusals: Refusal[]
  /** The key of a role or of an organization or expert by its ref. */
  key(name: string): string
  setKey(name: string, key: string): void
  id(kind: Kind, ref: string): string
  setId(kind: Kind, ref: string, id: string): void
  knows(kind: Kind, ref: string): boolean
  /** The ref behind an id; the id itself when the scenario has no name for it. */
  ref(kind: Kind, id: string): string
  refs(kind: Kind): string[]
}

/** Under which name the key of a role is kept; no ref has a blank in it. */
export function roleKey(role: string): string {
  return `role ${role}`
}

/** A thing that never came to be, because an earlier step was refused, is itself a refusal and not a crash. */
export function impossible(name: string): Refused {
  return new Refused(0, {
    code: 'scenario_step_impossible',
    detail: `${name} does not exist, because an earlier step was refused or left out`,
  })
}

export function newWorld(scenario: Scenario, client: Client, adminKey: string): World {
  const keys = new Map<string, string>()
  const ids = new Map<string, string>()
  const refs = new Map<string, string>()
  const need = (map: Map<string, string>, name: string) => {
    const value = map.get(name)
    if (value === undefined) throw impossible(name)
    return value
  }
  return {
    scenario,
    client,
    adminKey,
    hostId: '',
    roundId: '',
    panelId: '',
    noticeId: null,
    refusals: [],
    // A role first: an organization may well be called `evaluator`.
    key: (name) => keys.get(roleKey(name)) ?? need(keys, name),
    setKey: (name, key) => void keys.set(name, key),
    id: (kind, ref) => need(ids, `${kind} ${ref}`),
    setId(kind, ref, id) {
      ids.set(`${kind} ${ref}`, id)
      refs.set(`${kind} ${id}`, ref)
    },
    knows: (kind, ref) => ids.has(`${kind} ${ref}`),
    ref: (kind, id) => refs.get(`${kind} ${id}`) ?? id,
    refs: (kind) =>
      [...ids.keys()].filter((name) => name.startsWith(`${kind} `)).map((name) => name.slice(kind.length + 1)),
  }
}

/** One key for each role, for a look around. */
export function rolesKeys(world: World): Record<string, string> {
  const { scenario } = world
  const names = {
    host: 'host',
    operator: 'operator',
    town: 'town',
    finance: 'finance',
    auditor: 'auditor',
    evaluator: 'evaluator',
    agency: scenario.projects[0]?.organization,
    expert: scenario.experts[0]?.ref,
  }
  return Object.fromEntries(
    Object.entries(names).flatMap(([role, name]) => (name === undefined ? [] : [[role, world.key(name)]])),
  )
}
