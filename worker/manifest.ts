// The reader of manifests: its program is loaded when there is one to read.

type Read = (path: string, text: string) => string;

let loaded: Promise<Read> | undefined;

/** Reads a manifest, and gives JSON that the engine takes. It rejects where the program can't be had. */
export async function readManifest(path: string, text: string): Promise<string> {
  loaded ??= (async () => {
    const [program, { default: url }] = await Promise.all([import("@wasm/manifest/manifest.js"), import("@wasm/manifest/manifest_bg.wasm?url")]);
    await program.default({ module_or_path: url });
    return program.read_manifest;
  })();
  loaded.catch(() => (loaded = undefined));
  return (await loaded)(path, text);
}
