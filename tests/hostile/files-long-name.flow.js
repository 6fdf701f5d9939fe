// hostile: a path of three thousand letters
// expect: INVALID_PATH
// python: open('x' * 3000)
export default async (flow) => await flow.fs.write(`out/${'x'.repeat(3000)}.txt`, '');
