// Checks every JSON file of a folder against a JSON Schema and reports what breaks it, and where.

import { table } from "/lib/markdown.js";
import { checkSchema, validate } from "/lib/schema.js";

export const title = "Validate JSON files";
export const description = "Checks the JSON files of a folder, and of the folders in it, against a JSON Schema.";
export const inputs = {
  folder: { kind: "text", label: "Folder", default: "data/products" },
  schema: { kind: "file", label: "JSON Schema", default: "data/product.schema.json" },
  strict: { kind: "boolean", label: "Fail when a file is not valid", default: false },
};

export default async function (flow) {
  const { folder = "data/products", schema: schemaPath = "data/product.schema.json", strict = false } = flow.args;
  const schema = await flow.fs.readJSON(schemaPath);
  checkSchema(schema);

  const files = (await jsonFiles(folder, flow)).filter((path) => path !== schemaPath);
  if (files.length === 0) throw new Error(`${folder} holds no JSON file`);

  const violations = [];
  const invalid = new Set();
  for (const [index, path] of files.entries()) {
    const found = await check(path, schema, flow);
    if (found.length > 0) {
      const [{ pointer, message }] = found;
      flow.log.warn(`${path} breaks ${found.length === 1 ? "one rule" : `${found.length} rules`}; first: ${pointer || "the whole value"} ${message}`);
      invalid.add(path);
      for (const violation of found) violations.push({ file: path, ...violation });
    }
    flow.progress(index + 1, files.length, path);
  }

  await flow.fs.writeJSON("reports/validation/violations.json", { folder, schema: schemaPath, files: files.length, violations });
  await flow.fs.write("reports/validation/report.md", markdown({ folder, schemaPath, files, invalid, violations }));
  await flow.artifact("reports/validation/report.md");
  await flow.artifact("reports/validation/violations.json");
  if (strict && invalid.size > 0) throw new Error(`${invalid.size} of ${files.length} files are not valid`);
  return { files: files.length, valid: files.length - invalid.size, invalid: invalid.size, violations };
}

/** The JSON files of a folder and of the folders in it, in the order of their paths. */
async function jsonFiles(folder, flow) {
  const found = [];
  const folders = [folder];
  while (folders.length > 0) {
    for (const entry of await flow.fs.list(folders.pop())) {
      if (entry.kind === "folder") folders.push(entry.path);
      else if (entry.name.endsWith(".json")) found.push(entry.path);
    }
  }
  return found.sort();
}

async function check(path, schema, flow) {
  const text = await flow.fs.read(path);
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return [{ pointer: "", keyword: "json", message: `is no JSON: ${error.message}` }];
  }
  return validate(schema, value);
}

function markdown({ folder, schemaPath, files, invalid, violations }) {
  const parts = [
    "# Validation report",
    `${files.length - invalid.size} of ${files.length} files in \`${folder}\` fit \`${schemaPath}\`.`,
  ];
  for (const path of files.filter((path) => invalid.has(path))) {
    parts.push(
      `## \`${path}\``,
      table(
        [
          { title: "Where", value: ({ pointer }) => pointer || "the whole value" },
          { title: "Rule", value: ({ keyword }) => keyword },
          { title: "What is wrong", value: ({ message }) => message },
        ],
        violations.filter(({ file }) => file === path),
      ),
    );
  }
  return `${parts.join("\n\n")}\n`;
}
