// The tools of the workspace for the browser's own agent: WebMCP (https://webmachinelearning.github.io/webmcp), which is a
// draft that still moves. Nothing else of the page depends on it.

import type { ToolDescription } from '../lib/catalogue';
import type { Kernel } from '../lib/kernel';
import type { ToolResult } from '../lib/tools';
import { watchedCall } from '../lib/watched-call';

/** By which name what such an agent does stands in the history. Browsers do not say who it is. */
export const WEBMCP_AGENT = 'WebMCP';

/** The part of the browser's interface that is used. */
export interface ModelContext {
  registerTool(tool: OfferedTool, options: { signal: AbortSignal }): unknown;
  /** Earlier drafts have this in place of the signal. */
  unregisterTool?(name: string): unknown;
}

export interface OfferedTool {
  name: string;
  description: string;
  inputSchema: object;
  annotations: { readOnlyHint: boolean; untrustedContentHint: boolean; consequentialHint: boolean };
  execute(input: unknown, options?: { signal?: AbortSignal }): Promise<McpResult>;
}

/** A result as the Model Context Protocol writes it, and as `selvage mcp` gives it. */
export interface McpResult {
  content: { type: 'text'; text: string }[];
  structuredContent?: unknown;
  isError?: true;
  _meta?: { 'selvage/error': unknown };
}

/** Offers every tool until the signal aborts. It rejects where the browser refuses, for example in a frame that may not have tools. */
export async function offerTools(kernel: Kernel, context: ModelContext, tools: readonly ToolDescription[], signal: AbortSignal): Promise<void> {
  const offered: string[] = [];
  signal.addEventListener('abort', () => offered.forEach((name) => context.unregisterTool?.(name)));
  for (const { name, description, inputSchema, annotations } of tools) {
    if (signal.aborted) return;
    await context.registerTool(
      {
        name,
        description,
        inputSchema,
        annotations: {
          readOnlyHint: annotations.readOnlyHint,
          // Files, logs and messages of the workspace may hold whatever somebody wrote there.
          untrustedContentHint: true,
          consequentialHint: annotations.destructiveHint,
        },
        execute: async (input, options) => asMcp(await watchedCall(kernel, name, input ?? {}, WEBMCP_AGENT, { signal: options?.signal })),
      },
      { signal },
    );
    // A draft without a signal may have been told to stop meanwhile.
    if (signal.aborted) context.unregisterTool?.(name);
    else offered.push(name);
  }
}

/**
 * A result in words of the protocol. A failure is a result, too: a callback that rejects tells the agent nothing but that.
 * It has no structured content, because that is held against the schema of the value.
 */
export function asMcp(result: ToolResult): McpResult {
  const text = (value: unknown): McpResult['content'] => [{ type: 'text', text: JSON.stringify(value) }];
  return result.ok
    ? { content: text(result.value), structuredContent: result.value }
    : { content: text(result.error), isError: true, _meta: { 'selvage/error': result.error } };
}
