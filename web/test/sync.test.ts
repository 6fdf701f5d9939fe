import { ChangeSet, EditorSelection, Text } from '@codemirror/state';
import { expect, test } from 'vitest';
import { replacement, stillSelected, TextSync } from '../src/editor/sync';

const text = (content: string): Text => Text.of(content.split('\n'));

test('the smallest replacement leaves what both texts share alone', () => {
  const changes = replacement(text('one two three'), text('one 2 three'));
  expect(changes.toJSON()).toEqual([4, [3, '2'], 6]);
  expect(changes.apply(text('one two three')).toString()).toBe('one 2 three');
});

test('changes far apart are two replacements, and typing between them stays where it was', () => {
  const sync = new TextSync(text('one\ntwo\nthree'));
  const typed = ChangeSet.of({ from: 4, insert: '>' }, 13);
  sync.edited(typed);
  const outside = sync.received(text('ONE\ntwo\nTHREE'));
  expect(outside?.apply(typed.apply(text('one\ntwo\nthree'))).toString()).toBe('ONE\n>two\nTHREE');
});

test('what comes from outside goes around what was typed in the meantime', () => {
  const sync = new TextSync(text('alpha\nbeta\ngamma'));
  let editor = text('alpha\nbeta\ngamma');
  const typed = ChangeSet.of({ from: 0, insert: 'NEW ' }, editor.length);
  sync.edited(typed);
  editor = typed.apply(editor);
  const outside = sync.received(text('alpha\nbeta\ngamma\ndelta'));
  expect(outside?.apply(editor).toString()).toBe('NEW alpha\nbeta\ngamma\ndelta');
  expect(sync.local.apply(sync.base).toString()).toBe('NEW alpha\nbeta\ngamma\ndelta');
});

test('an echo of the own write changes nothing', () => {
  const sync = new TextSync(text('a'));
  const typed = ChangeSet.of({ from: 1, insert: 'b' }, 1);
  sync.edited(typed);
  sync.acknowledged(text('ab'), ChangeSet.empty(2));
  expect(sync.received(text('ab'))).toBeUndefined();
  expect(sync.clean).toBe(true);
});

test('typing while a write is on its way stays to be written', () => {
  const sync = new TextSync(text('a'));
  sync.edited(ChangeSet.of({ from: 1, insert: 'b' }, 1));
  const since = ChangeSet.of({ from: 2, insert: 'c' }, 2);
  sync.edited(since);
  sync.acknowledged(text('ab'), since);
  expect(sync.clean).toBe(false);
  expect(sync.local.apply(sync.base).toString()).toBe('abc');
});

/** Ranges as a text shows them: `[` and `]` around what is selected, with the head at its end, and `|` for a caret. */
function selected(before: string, after: string, ...ranges: [number, number][]): string {
  const selection = EditorSelection.create(ranges.map(([anchor, head]) => EditorSelection.range(anchor, head)));
  const still = stillSelected(selection, replacement(text(before), text(after)), text(before), text(after));
  return still.ranges.toReversed().reduce((shown, { from, to }) => shown.slice(0, from) + (from === to ? '|' : `[${shown.slice(from, to)}]`) + shown.slice(to), after);
}

test('what others write in the place of what is selected is not selected', () => {
  expect(selected('old', 'abcdefghij', [0, 3])).toBe('|abcdefghij');
  expect(selected('old', 'abcdefghij', [3, 0])).toBe('|abcdefghij');
  expect(selected('hello wide world\n', 'abcdefghij', [0, 17])).toBe('|abcdefghij');
  expect(selected('one two three', 'one other three', [4, 7])).toBe('one |other three');
  // A part of it, at an end and in the middle; the part at the head stays.
  expect(selected('one two three', 'one two other', [4, 13])).toBe('one [two ]other');
  expect(selected('one two three', 'other two three', [0, 7])).toBe('other[ two] three');
  expect(selected('one two three', 'one other three', [0, 13])).toBe('one other[ three]');
  expect(selected('one two three', 'one other three', [13, 0])).toBe('[one ]other three');
  // More than what is selected, and several ranges.
  expect(selected('one two three', 'other', [4, 7])).toBe('|other');
  expect(selected('one two three two', 'one other three two', [4, 7], [14, 17])).toBe('one |other three [two]');
  expect(selected('one two three', 'alpha two gamma', [0, 3], [8, 13])).toBe('|alpha two |gamma');
});

test('what is selected stays so while others write around it, in it, or take from it', () => {
  expect(selected('one two three', 'zero one two three', [4, 7])).toBe('zero one [two] three');
  expect(selected('one two', 'one two three', [0, 7])).toBe('[one two] three');
  expect(selected('one three', 'one two three', [0, 9])).toBe('[one two three]');
  expect(selected('one two three', 'one three', [0, 13])).toBe('[one three]');
  expect(selected('one two three', '', [0, 13])).toBe('|');
  expect(selected('one two three', 'one 2 three', [0, 0], [8, 13])).toBe('|one 2 [three]');
});

test('editor and workspace agree after any interleaving', () => {
  const seed = 20_261_121;
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  let outsideChanges = 0;
  for (let round = 0; round < 200; round++) {
    let workspace = text('line one\nline two\nline three');
    let editor = workspace;
    const sync = new TextSync(workspace);
    for (let act = 0; act < 12; act++) {
      const at = random(editor.length + 1);
      if (random(3) === 0) {
        const place = random(workspace.length + 1);
        workspace = workspace.replace(place, Math.min(workspace.length, place + random(3)), text(`<${act}>`));
        const changes = sync.received(workspace);
        if (changes) {
          outsideChanges++;
          editor = changes.apply(editor);
        }
      } else {
        const changes = ChangeSet.of({ from: at, to: Math.min(editor.length, at + random(3)), insert: String(act) }, editor.length);
        sync.edited(changes);
        editor = changes.apply(editor);
      }
      expect(sync.local.apply(sync.base).toString(), `seed ${seed}, round ${round}, act ${act}`).toBe(editor.toString());
    }
    workspace = editor;
    sync.acknowledged(editor, ChangeSet.empty(editor.length));
    expect(sync.received(workspace)).toBeUndefined();
  }
  expect(outsideChanges).toBeGreaterThan(100);
});
