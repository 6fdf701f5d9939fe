// A few bytes that one Worker keeps in the place of those before: all of the old or all of the new, whenever it dies.
//
// Two files are written in turn. What a file holds counts from the moment that its head is written, which is last.

const HEAD_BYTES = 16;

export class Kept {
  readonly #files: FileSystemSyncAccessHandle[];
  #number = 0;

  private constructor(files: FileSystemSyncAccessHandle[]) {
    this.#files = files;
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
    return directory.getFileHandle(`${name}-0`).then(
      () => true,
      () => false,
    );
  }

  /** Opens what is kept; nobody else may have it open. */
  static async open(name: string): Promise<Kept> {
    const directory = await navigator.storage.getDirectory();
    const open = async (which: number) => (await directory.getFileHandle(`${name}-${which}`, { create: true })).createSyncAccessHandle();
    return new Kept([await open(0), await open(1)]);
  }

  /** What was kept last; nothing at first. */
  read(): Uint8Array | undefined {
    let found: Uint8Array | undefined;
    for (const file of this.#files) {
      const head = new DataView(new ArrayBuffer(HEAD_BYTES));
      if (file.read(head, { at: 0 }) < HEAD_BYTES) continue;
      const [number, length] = [Number(head.getBigUint64(0)), Number(head.getBigUint64(8))];
      if (number <= this.#number || file.getSize() < HEAD_BYTES + length) continue;
      this.#number = number;
      found = new Uint8Array(length);
      file.read(found, { at: HEAD_BYTES });
    }
    return found;
  }

  write(bytes: Uint8Array): void {
    this.#number += 1;
    const file = this.#files[this.#number % 2]!;
    file.write(bytes, { at: HEAD_BYTES });
    file.truncate(HEAD_BYTES + bytes.length);
    file.flush();
    const head = new DataView(new ArrayBuffer(HEAD_BYTES));
    head.setBigUint64(0, BigInt(this.#number));
    head.setBigUint64(8, BigInt(bytes.length));
    file.write(head, { at: 0 });
    file.flush();
  }

  async remove(name: string): Promise<void> {
    const directory = await navigator.storage.getDirectory();
    for (const [which, file] of this.#files.entries()) {
      file.close();
      await directory.removeEntry(`${name}-${which}`);
    }
  }
}
