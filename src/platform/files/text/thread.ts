import { parentPort, workerData } from 'node:worker_threads'
import { readText } from './reader.ts'

/** Reads the one file that the thread was started with. */
parentPort?.postMessage(await readText(Buffer.from(workerData as Uint8Array)))
