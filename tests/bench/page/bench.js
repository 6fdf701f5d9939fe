// Runs in an empty page beside the workbench: it drives the production runner Worker and the peer's
// Worker without the page around them.

const LIMITS = {
  fuelMax: 1e12, cpuMsMax: 3_600_000, wallMsMax: 3_600_000, memoryBytesMax: 128 * 1024 * 1024, stackCallsMax: 400, outputBytesMax: 4_194_304,
  filesMax: 1000, writtenBytesMax: 67_108_864, callsMax: 100_000, fetchesMax: 50, fetchBytesMax: 16_777_216,
};

/** As in `worker/runners.ts`. */
const REST_AFTER_MS = 1_000;

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A job that runs one script, as the engine would make it. */
async function jobOf(guest, source, limits = {}) {
  const bytes = new TextEncoder().encode(source);
  const hash = await sha256(bytes);
  const entry = guest === 'guest-py' ? 'bench.py' : 'bench.flow.js';
  const grant = { read: ['**'], write: [], net: [], tools: [] };
  const job = {
    run: 'bench', entry, shape: 'script', module: false, args: null, env: {}, grant, ceiling: grant,
    limits: { ...LIMITS, ...limits }, files: [{ path: entry, folder: false, size: bytes.length, hash, readable: true }], seed: 1, startMs: null, ask: false,
  };
  return { job, blobs: [[hash, bytes]] };
}

/** The runner Worker with the guest, as the kernel starts it. */
class RunnerWorker {
  #guest;
  #worker;
  #heard = [];
  #waiting;
  /** The address of the other half, while nobody has asked for it. */
  #rest;

  /** `halves` are addresses; a guest that is in one piece has a core alone. */
  static async start(site, guest, halves) {
    const [core, sandbox] = [compiled(halves.core), compiled(site.sandbox)];
    const self = new RunnerWorker();
    self.#guest = guest;
    self.#worker = new Worker(site.runner, { type: 'module' });
    const hear = (data) => data.type === 'lacks' ? self.#complete() : (self.#waiting ? self.#waiting(data) : self.#heard.push(data));
    self.#worker.onmessage = ({ data }) => hear(data);
    self.#worker.onerror = (event) => hear({ type: 'broken', message: event.message ?? `no script at ${site.runner}` });
    self.#worker.postMessage({ type: 'sandbox', module: await sandbox });
    self.#worker.postMessage({ type: 'guest', guest, core: await core, rest: null, hash: '', image: null });
    self.#rest = halves.rest;
    setTimeout(() => void self.#complete(), REST_AFTER_MS);
    self.#worker.postMessage({ type: 'init', cancelFlag: null });
    await self.#until('ready');
    return self;
  }

  async run(source, limits) {
    const { job, blobs } = await jobOf(this.#guest, source, limits);
    this.#worker.postMessage({ type: 'run', guest: this.#guest, job: JSON.stringify(job), memoryBytesMax: job.limits.memoryBytesMax, blobs });
    const { report } = await this.#until('finished');
    const { outcome } = JSON.parse(report);
    await this.#until('ready');
    if (outcome.error) throw new Error(JSON.stringify(outcome.error));
    return outcome;
  }

  /** The kernel fetches the rest when a run lacks it, or after a while. */
  async #complete() {
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest) this.#worker.postMessage({ type: 'rest', guest: this.#guest, module: await compiled(rest) });
  }

  stop() {
    this.#worker.terminate();
  }

  async #until(type) {
    for (;;) {
      const message = this.#heard.shift() ?? (await new Promise((resolve) => (this.#waiting = resolve)));
      this.#waiting = undefined;
      if (message.type === 'broken') throw new Error(message.message);
      if (message.type === type) return message;
    }
  }
}

const compiled = (address) => WebAssembly.compileStreaming(fetch(address));

/** Milliseconds from nothing to the first result of the guest in a runner. */
export async function guestFirst(site) {
  const start = performance.now();
  const runner = await RunnerWorker.start(site, 'guest-js', site['guest-js']);
  const { value } = await runner.run('6 * 7');
  const ms = performance.now() - start;
  runner.stop();
  if (value !== 42) throw new Error(`the guest gave ${value}`);
  return ms;
}

/** The peer's answer from a fresh Worker, and the milliseconds that all of it took. */
export async function peerRun(site, request) {
  const start = performance.now();
  const worker = new Worker(site.peer, { type: 'module' });
  const answer = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(request);
  });
  const ms = performance.now() - start;
  worker.terminate();
  return { ...answer, ms };
}

/** How long a fresh Worker of the peer takes to answer after one that spins was terminated. */
export async function peerRecovery(site) {
  const worker = new Worker(site.peer, { type: 'module' });
  worker.postMessage({ source: 'for (;;);' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const start = performance.now();
  worker.terminate();
  await peerRun(site, { source: '6 * 7' });
  return performance.now() - start;
}

/** Computing milliseconds of a program in the guest of these addresses, `times` times in one runner. */
export async function guestTimes(site, halves, source, times) {
  const runner = await RunnerWorker.start(site, 'guest-js', halves);
  const found = [];
  for (let time = 0; time < times; time += 1) found.push((await runner.run(source)).usage.cpuMs);
  runner.stop();
  return found;
}

/** Milliseconds from a job to the next one's turn, again and again in one runner without the kernel around it. */
export async function runnerTimes(site, guest, source, times) {
  const runner = await RunnerWorker.start(site, guest, site[guest]);
  const found = [];
  for (let time = 0; time < times; time += 1) {
    const start = performance.now();
    await runner.run(source);
    found.push(performance.now() - start);
  }
  runner.stop();
  return found;
}

/** Whole milliseconds of runs of a flow by the kernel Worker, without a page that follows along. */
export async function kernelRuns(site, path, content, runs) {
  const worker = new Worker(site.kernel, { type: 'module' });
  const waiting = new Map();
  const ready = new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message ?? `no script at ${site.kernel}`));
    worker.onmessage = ({ data }) => {
      if (data.type === 'result') waiting.get(data.id)(data.result);
      else if (data.event?.kind === 'ready') resolve();
      else if (data.event?.kind === 'failed') reject(new Error(data.event.message));
    };
  });
  await ready;
  let next = 1;
  const call = async (name, input) => {
    const id = next++;
    const answer = new Promise((resolve) => waiting.set(id, resolve));
    worker.postMessage({ type: 'call', id, name, input });
    const result = await answer;
    waiting.delete(id);
    if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.error)}`);
    return result.value;
  };
  await call('write', { path, content });
  const found = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await call('run_flow', { path });
    found.push(performance.now() - start);
  }
  worker.terminate();
  return found;
}

Object.assign(window, { bench: { kernelRuns, guestFirst, peerRun, peerRecovery, guestTimes, runnerTimes } });
