// Tools of a workspace on this machine's disk, by the program `selvage`: the same contract, carried by the Model Context
// Protocol over the program's standard input and output, so that no port is opened and no key is needed.

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { ToolError, ToolResult } from '../embed/selvage.ts';
import type { Executor } from './host.ts';

/** Something that waits for the person at the app. */
export interface Question {
  /** Its name, as `approval_list` has it. */
  approval: string;
  /** Who wants what, why it is asked, and every difference. */
  text: string;
}

export interface NativeOptions {
  /** The program `selvage`. */
  program: string;
  /** The folder of the workspace. No message of the page can name another. */
  workspace: string;
  /**
   * Shows the person what waits for approval, all of it, and gives the answer. What the page says is no answer: it is the page that asks. Without
   * it nobody can be asked, and what the policy asks about is refused.
   */
  approve?: (question: Question) => Promise<{ approve: boolean; reason?: string }>;
}

/** The longest that a call may take, in milliseconds: that of a run's own ceiling. */
const CALL_MS_MAX = 24 * 3_600_000;

export class NativeExecutor implements Executor {
  #client: Promise<Client> | undefined;

  readonly options: NativeOptions;

  constructor(options: NativeOptions) {
    this.options = options;
  }

  /** Calls a tool. It never rejects. The program is started with the first call, and anew when it ended. */
  async call(name: string, input: unknown): Promise<ToolResult> {
    try {
      const client = await (this.#client ??= this.#start());
      const answer = await client.callTool({ name, arguments: input as Record<string, unknown> }, undefined, { timeout: CALL_MS_MAX });
      if (!answer.isError) return { ok: true, value: answer.structuredContent };
      return { ok: false, error: answer._meta?.['selvage/error'] as ToolError };
    } catch (error) {
      return { ok: false, error: { code: 'EXECUTOR_UNAVAILABLE', message: `The program \`selvage\` gave no answer: ${error instanceof Error ? error.message : String(error)}`, hint: 'Start it by hand with `selvage mcp` to see what is wrong.' } };
    }
  }

  /** Ends the program. */
  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    await client?.close();
  }

  async #start(): Promise<Client> {
    const { program, workspace, approve } = this.options;
    const client = new Client({ name: 'Electron', version: '1' }, { capabilities: approve ? { elicitation: { form: {} } } : {} });
    if (approve)
      client.setRequestHandler(ElicitRequestSchema, async ({ params }) => ({
        action: 'accept',
        content: { ...(await approve({ approval: String(params._meta?.['selvage/approval']), text: params.message })) },
      }));
    client.onclose = () => (this.#client = undefined);
    try {
      await client.connect(new StdioClientTransport({ command: program, args: ['mcp', '--workspace', workspace] }));
      return client;
    } catch (error) {
      this.#client = undefined;
      throw error;
    }
  }
}
