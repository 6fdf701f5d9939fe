// Makes a name for addresses and files out of a title: a flow in the form of setup and run.

function setup(flow) {
  flow
    .title("Title to slug")
    .describe("Makes a lower-case name of letters, digits and hyphens out of a title.")
    .inText("title", "Title", { default: "Crème brûlée & Straßenfest: 10 recipes for Łódź" })
    .inNumber("length", "Longest result", { default: 60 })
    .outText("slug", "Slug")
    .outNumber("words", "Words kept");
}

// Letters that do not come apart into a base letter and a mark.
const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };

function run(services) {
  const { title, length } = services.inputs;
  if (!Number.isInteger(length) || length < 1) throw new RangeError(`the longest result is ${length}, and should be a whole number from 1`);
  const plain = title
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter])
    .replaceAll("&", " and ");
  const words = plain.match(/[a-z0-9]+/g) ?? [];

  // Whole words as long as they fit; a first word that is too long is cut.
  let slug = (words[0] ?? "").slice(0, length);
  let kept = slug ? 1 : 0;
  for (const word of words.slice(1)) {
    if (slug.length + 1 + word.length > length) break;
    slug += `-${word}`;
    kept += 1;
  }
  services.outputs("slug", slug);
  services.outputs("words", kept);
}
