// The official clients of the Model Context Protocol at the program `selvage`: the one that begins sessions, and the one of
// 2026-07-28, which has none.

import { Client as NewClient, StreamableHTTPClientTransport as NewHttp } from '@modelcontextprotocol/client';
import { StdioClientTransport as NewStdio } from '@modelcontextprotocol/client/stdio';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { kept, program } from './host.mjs';
import { keyFor, serve, workspace } from './mcp.mjs';

/** The protocol without sessions. */
export const NEW = '2026-07-28';

const IDENTITY = { name: 'official', version: '1' };
const capabilitiesOf = (person) => (person ? { elicitation: { form: {} } } : {});

/** The answer of a tool as `{ value, meta }` or `{ error, meta }`. */
const answered = ({ isError, structuredContent, content, _meta: meta }) => (isError ? { error: JSON.parse(content[0].text), meta } : { value: structuredContent, meta });

/** A client that has a new workspace, what calls its tools, and what it is told without asking. `files` are written by a person before; `person` answers what a person is asked. */
export async function connect(defer, over, { files, person } = {}) {
  const folder = workspace(defer, files);
  const client = new Client(IDENTITY, { capabilities: capabilitiesOf(person) });
  if (person) client.setRequestHandler(ElicitRequestSchema, ({ params }) => person(params));
  const logs = [];
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logs.push(params.data.text));
  await open(client, { defer, over, folder, Stdio: StdioClientTransport, Http: StreamableHTTPClientTransport });
  // The client refuses a value that does not fit the schema which it was listed with.
  const call = async (name, input = {}, options) => answered(await client.callTool({ name, arguments: input }, undefined, options));
  return { client, call, logs, folder };
}

/** The same with the client of 2026-07-28; `byHand` is for who makes requests again by itself. */
export async function connectNew(defer, over, { files, person, byHand = false } = {}) {
  const folder = workspace(defer, files);
  const client = new NewClient(IDENTITY, { capabilities: capabilitiesOf(person), versionNegotiation: { mode: { pin: NEW } }, inputRequired: { autoFulfill: !byHand } });
  if (person) client.setRequestHandler('elicitation/create', ({ params }) => person(params));
  const logs = [];
  client.setNotificationHandler('notifications/message', ({ params }) => void logs.push(params.data.text));
  await open(client, { defer, over, folder, Stdio: NewStdio, Http: NewHttp });
  const call = async (name, input = {}, { _meta, ...options } = {}) => answered(await client.callTool({ name, arguments: input, _meta }, options));
  return { client, call, logs, folder };
}

async function open(client, { defer, over, folder, Stdio, Http }) {
  if (over === 'stdio') {
    defer(() => client.close());
    return client.connect(new Stdio({ command: program, args: ['mcp', '--workspace', folder], env: kept }));
  }
  const { address } = await serve(defer, folder);
  const headers = { Authorization: `Bearer ${keyFor(folder, IDENTITY.name, 'tools', 'approve')}` };
  defer(() => client.close());
  await client.connect(new Http(new URL(`${address}/mcp`), { requestInit: { headers } }));
}
