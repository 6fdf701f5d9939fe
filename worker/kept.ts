// A few bytes that one Worker keeps in the place of those before: all of the old or all of the new, whenever it dies.
//
// Two files are written in turn. What a file holds counts from the moment that its head is written, which is last.

import { openHandle } from "./storage.ts";

const HEAD_BYTES = 16;

export class Kept {
  readonly #files: FileSystemSyncAccessHandle[];
  #number: number;

  private constructor(files: FileSystemSyncAccessHandle[]) {
    this.#files = files;
    // What is kept from now on is newer than all that was, whether anybody reads that or not.
    this.#number = Math.max(...files.map((file) => headOf(file).number));
  }

  /** Whether the browser lets a page keep anything; it may refuse all or some, as in a private window. */
  static async canBe(): Promise<boolean> {
    try {
      await navigator.storage.getDirectory();
      return navigator.locks !== undefined;
    } catch {
      return false;
    }
  }

  /** Whether something was kept under this name. */
  static async exists(name: string): Promise<boolean> {
    const directory = await navigator.storage.getDirectory();
    return directory.getFileHandle(`${name}-0`).then(() => true, missing);
  }

  /** Opens what is kept; nobody else may have it open. */
  static async open(name: string): Promise<Kept> {
    const directory = await navigator.storage.getDirectory();
    const files: FileSystemSyncAccessHandle[] = [];
    try {
      for (const which of [0, 1]) files.push(await openHandle(await directory.getFileHandle(`${name}-${which}`, { create: true })));
      return new Kept(files);
    } catch (error) {
      // Nobody could open it again while this Worker lives.
      for (const file of files) file.close();
      throw error;
    }
  }

  /** What was kept last; nothing at first. Of a newest copy that is not all there, the one before it. */
  read(): Uint8Array | undefined {
    const heads = this.#files.map((file) => ({ file, ...headOf(file) })).sort((a, b) => b.number - a.number);
    for (const { file, number, length } of heads) {
      if (number === 0 || file.getSize() < HEAD_BYTES + length) continue;
      const found = new Uint8Array(length);
      if (file.read(found, { at: HEAD_BYTES }) < length) continue;
      this.#number = number;
      return found;
    }
    return undefined;
  }

  /** Keeps these bytes. When that fails, what was kept before stays, and what is kept next goes where this was to go. */
  write(bytes: Uint8Array): void {
    const number = this.#number + 1;
    const file = this.#files[number % 2]!;
    // A head that a failed write left would count together with what comes after it now.
    writeAll(file, head(0, 0), 0);
    writeAll(file, bytes, HEAD_BYTES);
    file.truncate(HEAD_BYTES + bytes.length);
    file.flush();
    writeAll(file, head(number, bytes.length), 0);
    file.flush();
    this.#number = number;
  }

  close(): void {
    for (const file of this.#files) file.close();
  }

  /** Removes what was kept under this name; nobody may have it open. */
  static async remove(name: string): Promise<void> {
    const directory = await navigator.storage.getDirectory();
    for (const which of [0, 1]) await directory.removeEntry(`${name}-${which}`).catch(missing);
  }
}

/** A file that is not there is no error, unlike one that can't be reached. */
function missing(error: unknown): false {
  if (error instanceof DOMException && error.name === "NotFoundError") return false;
  throw error;
}

function head(number: number, length: number): Uint8Array {
  const head = new DataView(new ArrayBuffer(HEAD_BYTES));
  head.setBigUint64(0, BigInt(number));
  head.setBigUint64(8, BigInt(length));
  return new Uint8Array(head.buffer);
}

/** What a file's head says; a file without one holds nothing. */
function headOf(file: FileSystemSyncAccessHandle): { number: number; length: number } {
  const head = new DataView(new ArrayBuffer(HEAD_BYTES));
  if (file.read(head, { at: 0 }) < HEAD_BYTES) return { number: 0, length: 0 };
  return { number: Number(head.getBigUint64(0)), length: Number(head.getBigUint64(8)) };
}

/** A disk that is full may take a part, and say so by the count alone. */
function writeAll(file: FileSystemSyncAccessHandle, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) {
    const count = file.write(bytes.subarray(done), { at: at + done });
    if (count < 1) throw new Error("The disk took no more bytes.");
    done += count;
  }
}
