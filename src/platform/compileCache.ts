import module from 'node:module'
import path from 'node:path'

/**
 * Loaded before everything else (`node --import`): keeps the compiled and type-stripped sources in .sandan/, so that the
 * second start imports them in about half the time and without the memory of the stripper (2.6 s → 1.3 s of CPU, −15 MB).
 */
module.enableCompileCache(path.resolve(import.meta.dirname, '../../.sandan/compile-cache'))
