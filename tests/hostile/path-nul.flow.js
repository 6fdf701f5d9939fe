// hostile: a path that ends early
// expect: INVALID_PATH
// python: open('data.csv\\0.txt')
export default async (flow) => await flow.fs.read('data.csv\0.txt');
