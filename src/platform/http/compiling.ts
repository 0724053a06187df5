import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import type { ValidateFunction } from 'ajv'

/**
 * When the functions are made that check requests and write answers. Making all of them at the start takes 1.6 s of
 * processor time and 60 MB for 2,500 schemas, of which most processes meet few; so each is made when it is first needed.
 * The check of the OpenAPI document makes all of them at once: a schema that cannot be compiled is found there.
 */
export type Compiling = 'when needed' | 'at once'

export function validatorMade(compiling: Compiling, make: () => ValidateFunction): ValidateFunction {
  if (compiling === 'at once') return make()
  let check: ValidateFunction | undefined
  const validator = (value: unknown) => {
    check ??= make()
    const isValid = check(value)
    validator.errors = check.errors
    return isValid
  }
  validator.errors = undefined as ValidateFunction['errors']
  return validator as ValidateFunction
}

type SerializerFactory = ReturnType<typeof SerializerSelector>

/** For Fastify's `compilersFactory`: its own serializers, each made when the first answer of its kind is written. */
export function serializersMade(compiling: Compiling): SerializerFactory {
  const factory = SerializerSelector()
  if (compiling === 'at once') return factory
  return (externalSchemas, options) => {
    const compile = factory(externalSchemas, options)
    return (definition) => {
      let write: ReturnType<typeof compile> | undefined
      return (document: unknown) => {
        write ??= compile(definition)
        return write(document)
      }
    }
  }
}
