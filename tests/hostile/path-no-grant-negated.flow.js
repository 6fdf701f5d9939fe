// hostile: a grant that seems to take away, and would allow everything else
// expect: INVALID_INPUT
// grant: {"read": ["hostile/**"], "write": ["data/**", "!data/private/**"]}
// python: the same
export default async (flow) => await flow.fs.write('flows/more.txt', 'x');
