// Yjs documents that a test steers: a command a line, an answer a line. Bytes are in hex.
//
//   open <count> <gc: 0|1>          new documents, numbered from 0
//   edit <doc> <at>,<remove>,<hex>  edits in one transaction; answers the update
//   apply <doc> <update>            takes in an update
//   vector <doc>                    the state vector, as Yjs writes it
//   since <doc> <vector>            what a replica with that state lacks
//   read <doc>                      text, state as client:clock in order, 1 when something is pending
import { createInterface } from 'node:readline';
import * as Y from 'yjs';

const FIELD = 'text';
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const bytes = (text) => new Uint8Array(Buffer.from(text ?? '', 'hex'));
let docs = [];

const commands = {
  open(count, gc) {
    docs = Array.from({ length: Number(count) }, () => new Y.Doc({ gc: gc === '1' }));
    return '';
  },
  edit(number, ...splices) {
    const doc = docs[number];
    const text = doc.getText(FIELD);
    let update = new Uint8Array([0, 0]);
    const keep = (made) => (update = made);
    doc.on('update', keep);
    doc.transact(() => {
      for (const splice of splices) {
        const [at, remove, insert] = splice.split(',');
        if (Number(remove) > 0) text.delete(Number(at), Number(remove));
        if (insert) text.insert(Number(at), Buffer.from(insert, 'hex').toString());
      }
    });
    doc.off('update', keep);
    return hex(update);
  },
  apply(number, update) {
    Y.applyUpdate(docs[number], bytes(update));
    return '';
  },
  vector: (number) => hex(Y.encodeStateVector(docs[number])),
  since: (number, vector) => hex(Y.encodeStateAsUpdate(docs[number], bytes(vector))),
  read(number) {
    const { store } = docs[number];
    const state = [...Y.decodeStateVector(Y.encodeStateVector(docs[number]))].sort(([a], [b]) => a - b);
    const isPending = store.pendingStructs !== null || store.pendingDs !== null;
    const clocks = state.map(([client, clock]) => `${client}:${clock}`).join(',');
    return `${hex(Buffer.from(docs[number].getText(FIELD).toString()))} ${clocks} ${Number(isPending)}`;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...rest] = line.split(' ');
  process.stdout.write(`${commands[name](...rest)}\n`);
}
