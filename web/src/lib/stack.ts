// The stack of an error, as the guests write it: what of it is a place in a file of the workspace.

export interface StackPiece {
  text: string;
  place?: { path: string; line: number; column: number };
}

/** JavaScript has `    at name (path:line:column)`, and Python `  File "path", line 3, in name`. */
const PLACES = /^( +at [^(\n]*\()((.+):(\d{1,7}):(\d{1,7}))\)$|^( +File )("([^"\n]+)", line (\d{1,7}))/gm;

/** A stack in pieces. `fileAt` gives where a file that is named lies, where it is one of the workspace. */
export function stackPieces(stack: string, fileAt: (path: string) => string | undefined): StackPiece[] {
  const found: StackPiece[] = [];
  let from = 0;
  for (const { index, 1: at, 2: js, 3: jsPath, 4: jsLine, 5: column = 1, 6: file, 7: py, 8: pyPath, 9: pyLine } of stack.matchAll(PLACES)) {
    const path = fileAt(jsPath ?? pyPath ?? '');
    if (path === undefined) continue;
    const [text, start] = [js ?? py ?? '', index + (at ?? file ?? '').length];
    found.push({ text: stack.slice(from, start) }, { text, place: { path, line: Number(jsLine ?? pyLine), column: Number(column) } });
    from = start + text.length;
  }
  return [...found, { text: stack.slice(from) }];
}
