// The catalogue of tools as agents are shown it. It is fetched when somebody asks for it.

export interface ToolDescription {
  name: string;
  description: string;
  inputSchema: object;
  outputSchema: object;
  annotations: { readOnlyHint: boolean; destructiveHint: boolean };
}

/** Every tool with its description and its JSON Schemas. What the caller does to it, nobody else sees. */
export const catalogue = (): Promise<ToolDescription[]> =>
  import('../../../crates/tool/src/catalogue/tools.json').then(({ default: all }) => structuredClone(all));
