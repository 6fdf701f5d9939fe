// The messages between the kernel Worker and a runner Worker.
//
// Jobs, reports and answers are JSON that only Rust reads; TypeScript passes them on.

/** The guests, by the names that the engine gives them. */
export type GuestName = InterpreterName | "guest-ruff";

/** Those that run something. */
export type InterpreterName = "guest-js" | "guest-py";

/** The guests whose image is kept between visits and shared by the runners: those that take long to warm up. */
export const KEPT: ReadonlySet<GuestName> = new Set(["guest-py"]);

/** An image's bytes. All Workers look at the same ones where they may share memory. */
export type ImageBytes = Uint8Array<ArrayBufferLike>;

/** The word of a guest that can't be had, as the engine reads it. */
export const unavailable = (message: string): string => JSON.stringify({ error: { code: "EXECUTOR_UNAVAILABLE", message } });

/** What the kernel sends to a runner. */
export type ToRunner =
  /** Comes before `init`, while the much larger guest is still on its way. */
  | { type: "sandbox"; module: WebAssembly.Module }
  | { type: "init"; cancelFlag: SharedArrayBuffer | null }
  /** Comes before the first job or text that needs it; the one for JS comes with `init`. The image is one that was sent here or kept. */
  | { type: "guest"; guest: GuestName; core: WebAssembly.Module; rest: WebAssembly.Module | null; hash: string; image: ImageBytes | null }
  /** The other half of a guest, where it did not come with the first. */
  | { type: "rest"; guest: GuestName; module: WebAssembly.Module }
  /** There is time to have the browser compile what a first run of a guest needs. */
  | { type: "exercise"; guest: GuestName }
  /** `within` is the run that waits for this one. */
  | { type: "run"; guest: GuestName; job: string; memoryBytesMax: number; blobs: [hash: string, bytes: Uint8Array][]; within?: string | undefined }
  | { type: "answer"; id: number; answer: string; body: Uint8Array }
  | { type: "more"; limits: string | null }
  /** A person decides what the run asked for: its clock stands still, or goes on. */
  | { type: "hold"; held: boolean }
  | { type: "cancel" }
  | { type: "check"; guest: GuestName; id: number; path: string; module: boolean; format: boolean; source: string };

/** What a runner sends to the kernel. */
export type FromRunner =
  /** It can take a job; `dropped` says that it has let go of every blob it was sent. */
  | { type: "ready"; dropped: boolean }
  /** Its job waits for a place where it is run, or has got one. */
  | { type: "waits"; waits: boolean }
  | { type: "reports"; reports: string[] }
  | { type: "called"; report: string; body: Uint8Array }
  | { type: "finished"; report: string; written: [hash: string, bytes: Uint8Array][] }
  | { type: "checked"; id: number; checked: string }
  /** Its run can't go on without the rest of a guest. */
  | { type: "lacks"; guest: GuestName }
  /** What every instance of a guest begins as, from the first that was made here. */
  | { type: "image"; guest: GuestName; bytes: ImageBytes }
  | { type: "broken"; message: string };
