export function serve(folder: string, port?: number): Promise<{ url: string; port: number; stop: () => Promise<unknown> }>;
