//: shape module
//: file data/in.json "{\"a\": [1, 2]}"
//: file data/bom.txt "\ufeffbom"
//: value [{"a": [1, 2]}, "bom", 3, "object", null, true, false, ["a.txt", "b.bin", "c.json"], {"path": "data", "name": "data", "kind": "folder", "size": 0}]
//: wrote out/a.txt "hellö"
//: wrote out/c.json "{\n  \"x\": 1\n}\n"
//: wrote out/moved.txt "gone"
export default async ({ fs }) => {
  await fs.write("out/a.txt", "hellö");
  await fs.write("/out/./b.bin", new Uint8Array([1, 2, 3]));
  await fs.write("out/c.json", { x: 1 });
  const names = (await fs.list("out")).map((entry) => entry.name);
  await fs.write("old.txt", "gone");
  await fs.move("old.txt", "out/moved.txt");
  await fs.write("trash", "");
  await fs.remove("trash");
  await fs.mkdir("made");
  return [await fs.readJSON("data/in.json"), await fs.read("data/bom.txt"), (await fs.readBytes("out/b.bin")).length, typeof (await fs.stat("out/a.txt")),
    await fs.stat("nothing"), await fs.exists("made"), await fs.exists("trash"), names, await fs.stat("data")];
};
