/** What is asked for under this name is never answered. */
export const NEVER: string;
export function serve(folder: string, port?: number): Promise<{ url: string; port: number; stop: () => Promise<unknown> }>;
