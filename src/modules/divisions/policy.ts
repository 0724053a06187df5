import { action } from '../../kernel/action.ts'

export const KeepDivisions = action({
  name: 'division.keep',
  roles: ['platform_admin'],
  because: 'divisions are the same for all hosts',
})
export const ReadDivision = action({
  name: 'division.read',
  roles: 'anyone',
  because: 'administrative divisions are public',
})

export const DIVISION_ACTIONS = [KeepDivisions, ReadDivision]
