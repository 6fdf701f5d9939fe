// Flows of the page on this machine: the program `selvage`, which the app starts beside its page as a server of jobs that only
// this machine reaches, with a folder and a key that last no longer than it does.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ToolResult } from '../embed/selvage.ts';
import type { Executor, Place } from './host.ts';
import { ORIGIN } from './site.ts';

export interface NativeOptions {
  /** The program `selvage`. */
  program: string;
  /** The web origin whose pages may have flows run: that of the app unless told. */
  origin?: string;
}

/** How long the program may take to make a key, and to say where it listens. */
const START_MS_MAX = 20_000;

export class NativeExecutor implements Executor {
  readonly options: NativeOptions;
  #place: Promise<Place> | undefined;
  /** Ends what was started, and takes its folder away. */
  #end: () => void = () => undefined;

  constructor(options: NativeOptions) {
    this.options = options;
  }

  /** Where the program is. It is started for whoever asks first, and anew, once, for whoever asks first after it died. It never rejects. */
  async place(): Promise<ToolResult<Place>> {
    const place = (this.#place ??= this.#start());
    try {
      return { ok: true, value: await place };
    } catch (error) {
      if (this.#place === place) this.close();
      const message = `The program \`selvage\` runs no flows here: ${error instanceof Error ? error.message : String(error)}.`;
      return { ok: false, error: { code: 'EXECUTOR_UNAVAILABLE', message, hint: 'Start it by hand with `selvage serve --jobs` to see what is wrong, or choose this browser under “Where runs run”.' } };
    }
  }

  /** Ends the program at once. Only the page lands what a run wrote, so that nothing of one is left half done. */
  close(): void {
    this.#end();
    this.#place = undefined;
  }

  async #start(): Promise<Place> {
    const folder = mkdtempSync(join(tmpdir(), 'selvage-runs-'));
    const children: ChildProcess[] = [];
    const end = (): void => {
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 9 });
    };
    this.#end = end;
    const start = (...args: string[]): ChildProcess => {
      const child = spawn(this.options.program, [...args, '--data', folder, '--json'], { stdio: ['ignore', 'pipe', 'inherit'], windowsHide: true });
      children.push(child);
      return child;
    };
    const { key } = (await said(start('keys', 'add', 'app', '--scope', 'jobs'))) as { key: string };
    const server = start('serve', '--jobs', '--listen', '127.0.0.1:0', '--origin', this.options.origin ?? ORIGIN);
    server.once('close', () => this.#end === end && this.close());
    const { listens } = (await said(server)) as { listens: string };
    return { address: listens.replace(/\/$/, ''), key };
  }
}

/** The value that a program tells on the first line of its standard output. */
async function said(child: ChildProcess): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const line = new Promise<string>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it says nothing for ${START_MS_MAX / 1000} s`)), START_MS_MAX);
    createInterface({ input: child.stdout! }).once('line', resolve);
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`it ended with ${code}`)));
  });
  try {
    const result = JSON.parse(await line) as ToolResult;
    if (result.ok) return result.value;
    throw new Error(result.error.message);
  } finally {
    clearTimeout(timer);
  }
}
