import { idOfUuid } from '../../../platform/ids.ts'

/** Pools inside aggregated JSON come as bare UUIDs. */
export function poolIdOf(uuid: string): string {
  return idOfUuid(uuid, 'pool')
}
