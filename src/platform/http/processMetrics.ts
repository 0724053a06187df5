import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, type Registry } from 'prom-client'

const MEBIBYTE = 1_048_576
/**
 * On a quiet evening before a deadline the processor works for bids and little else, and its time to the millisecond
 * would tell how many came. Steps of a minute still show a load that lasts.
 */
const PROCESSOR_STEP_SECONDS = 60

/**
 * What any Prometheus dashboard of Node shows first, under the usual names. Not the default set of the library: its
 * counters of processor time and garbage collections and its exact heap would show single requests.
 *
 * @returns ends the measuring.
 */
export function measureProcess(registry: Registry): () => void {
  const registers = [registry]
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process began, in seconds since 1970.',
    registers,
  }).set(Math.round(Date.now() / 1000 - process.uptime()))
  new Counter({
    name: 'process_cpu_seconds_total',
    help: `Processor time, user and system, in whole steps of ${PROCESSOR_STEP_SECONDS} s.`,
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc(stepsOf((user + system) / 1e6, PROCESSOR_STEP_SECONDS))
    },
  })
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory held, in whole MiB.',
    registers,
    collect() {
      this.set(stepsOf(process.memoryUsage.rss(), MEBIBYTE))
    },
  })
  new Gauge({
    name: 'nodejs_heap_size_total_bytes',
    help: 'Size of the JavaScript heap, in whole MiB.',
    registers,
    collect() {
      this.set(stepsOf(process.memoryUsage().heapTotal, MEBIBYTE))
    },
  })
  new Gauge({
    name: 'nodejs_eventloop_lag_p99_seconds',
    help: 'How late timers of 10 ms ran, 99th percentile since the last look.',
    registers,
    collect() {
      this.set(delay.percentile(99) / 1e9)
      delay.reset()
    },
  })
  return () => delay.disable()
}

function stepsOf(value: number, step: number): number {
  return Math.floor(value / step) * step
}
