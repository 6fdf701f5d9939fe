//: shape module
//: value ["NOT_FOUND", "there is no file no.txt", "no.txt", true, "INVALID_PATH", "TypeError", "TypeError", "SyntaxError", "NOT_TEXT"]
//: file bad.json "{]"
export default async ({ fs }) => {
  const caught = async (run) => { try { await run(); } catch (error) { return error; } };
  const missing = await caught(() => fs.read("no.txt"));
  await fs.write("bin", new Uint8Array([255]));
  return [missing.code, missing.message, missing.path, missing instanceof Error, (await caught(() => fs.read("../x"))).code, (await caught(() => fs.read(7))).name,
    (await caught(() => fs.write("f", undefined))).name, (await caught(() => fs.readJSON("bad.json"))).name, (await caught(() => fs.read("bin"))).code];
};
