// The official client of the Model Context Protocol at the program `selvage`.

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { program } from './host.mjs';
import { keyFor, serve, workspace } from './mcp.mjs';

/** A client that has a new workspace, and what it is told without asking. `files` are written by a person before; `person` answers what a person is asked. */
export async function connect(defer, over, { files, person } = {}) {
  const folder = workspace(defer, files);
  const client = new Client({ name: 'official', version: '1' }, { capabilities: person ? { elicitation: { form: {} } } : {} });
  if (person) client.setRequestHandler(ElicitRequestSchema, ({ params }) => person(params));
  const logs = [];
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logs.push(params.data.text));
  if (over === 'stdio') {
    defer(() => client.close());
    await client.connect(new StdioClientTransport({ command: program, args: ['mcp', '--workspace', folder] }));
  } else {
    const { address } = await serve(defer, folder);
    const headers = { Authorization: `Bearer ${keyFor(folder, 'official', 'tools', 'approve')}` };
    defer(() => client.close());
    await client.connect(new StreamableHTTPClientTransport(new URL(`${address}/mcp`), { requestInit: { headers } }));
  }
  return { client, logs, folder };
}
