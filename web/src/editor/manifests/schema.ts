// What a JSON Schema says of one part of a document: which keys it may have, and which values. Only what the published schemas
// of manifests use is understood; of anything else, nothing is said.

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
}

export type Path = readonly (string | number)[];

export interface Key {
  name: string;
  description: string;
  required: boolean;
  /** Whether its value is a map or a list of maps, which goes on in further lines. */
  nests: boolean;
}

/** What a schema may stand for, references followed. Each is followed once, so that none leads in a circle. */
function meant(root: Schema, schema: Schema, followed: readonly string[] = []): Schema[] {
  const { $ref } = schema;
  if ($ref !== undefined) {
    const target = root.$defs?.[$ref.replace(/^#\/\$defs\//, '')];
    const rest = followed.includes($ref) || !target ? [] : meant(root, target, [...followed, $ref]);
    // A description beside a reference is about this place.
    return schema.description === undefined ? rest : rest.map((one) => ({ ...one, description: schema.description as string }));
  }
  const others = [...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.allOf ?? [])];
  return [schema, ...others.flatMap((one) => meant(root, one, followed))];
}

/** The schemas of the part of a document to which a path leads. */
export function schemasAt(root: Schema, path: Path): Schema[] {
  let at = meant(root, root);
  for (const part of path)
    at = at.flatMap((schema) => {
      if (typeof part === 'number') return schema.items ? meant(root, schema.items) : [];
      const next = schema.properties?.[part] ?? (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined);
      return next ? meant(root, next) : [];
    });
  return at;
}

/** The keys that a map at a path may have. */
export function keysAt(root: Schema, path: Path): Key[] {
  const keys = new Map<string, Key>();
  for (const schema of schemasAt(root, path))
    for (const [name, one] of Object.entries(schema.properties ?? {})) {
      if (keys.has(name)) continue;
      const all = meant(root, one);
      const nests = all.some((part) => part.properties !== undefined || typeof part.additionalProperties === 'object' || (part.items !== undefined && meant(root, part.items).some((item) => item.properties !== undefined || item.oneOf !== undefined)));
      keys.set(name, { name, description: one.description ?? all.find((part) => part.description)?.description ?? '', required: schema.required?.includes(name) ?? false, nests });
    }
  return [...keys.values()];
}

/** The values that a scalar at a path may have, where they can be counted. */
export function valuesAt(root: Schema, path: Path): { value: string; description: string }[] {
  const found = schemasAt(root, path).flatMap((schema) => {
    const values = schema.enum ?? (schema.const !== undefined ? [schema.const] : schema.type === 'boolean' ? [true, false] : []);
    return values.filter((value) => value !== null).map((value) => ({ value: String(value), description: schema.description ?? '' }));
  });
  return [...new Map(found.map((one) => [one.value, one])).values()];
}
