import { parentPort, workerData } from 'node:worker_threads'
import { readText } from './reader.ts'

/** Reads the one file that the thread was started with, where it lies: it is the thread's own copy. */
const { buffer, byteOffset, byteLength } = workerData as Uint8Array<ArrayBuffer>
parentPort?.postMessage(await readText(Buffer.from(buffer, byteOffset, byteLength)))
