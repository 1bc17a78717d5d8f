type Schema = Readonly<Record<string, unknown>>;

const ANNOTATIONS = ['description', 'examples', 'format', 'readOnly', 'writeOnly', 'contentEncoding'];

/**
 * What is wrong with a value by a JSON Schema, as far as our documents use JSON Schema; a keyword that they do not use is a
 * fault as well, so that nothing goes unchecked. Properties that a schema with properties does not have are faults, too.
 * @param root what `$ref`s are looked up in.
 */
export function schemaFaults(schema: Schema, value: unknown, root: Schema, at = '$'): string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    if (ANNOTATIONS.includes(keyword)) return [];
    const check = CHECKS[keyword];
    return check ? check({ schema, rule, value, root, at }) : [`${at}: the keyword ${keyword} is not checked`];
  });
}

interface Subject {
  readonly schema: Schema;
  readonly rule: unknown;
  readonly value: unknown;
  readonly root: Schema;
  readonly at: string;
}

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fault = (isRight: boolean, { at, value }: Subject, what: string): string[] =>
  isRight ? [] : [`${at}: ${JSON.stringify(value)} is not ${what}`];

const CHECKS: Readonly<Record<string, (subject: Subject) => string[]>> = {
  // With `properties`.
  patternProperties: () => [],
  $ref: ({ rule, value, root, at }) => schemaFaults(lookUp(String(rule), root), value, root, at),
  type: (subject) =>
    fault(
      [subject.rule].flat().some((type) => isOfType(subject.value, type)),
      subject,
      String(subject.rule),
    ),
  enum: (subject) => fault((subject.rule as unknown[]).includes(subject.value), subject, JSON.stringify(subject.rule)),
  minimum: (subject) =>
    fault(Number(subject.value) >= Number(subject.rule), subject, `at least ${String(subject.rule)}`),
  minItems: (subject) => fault((subject.value as unknown[]).length >= Number(subject.rule), subject, 'long enough'),
  anyOf: ({ rule, value, root, at }) => {
    const faults = (rule as Schema[]).map((each) => schemaFaults(each, value, root, at));
    return faults.some((each) => each.length === 0) ? [] : faults.flat();
  },
  required: ({ rule, value, at }) =>
    (rule as string[]).filter((name) => isObject(value) && !(name in value)).map((name) => `${at}: lacks ${name}`),
  properties: ({ schema: { patternProperties = {} }, rule, value, root, at }) =>
    Object.entries(isObject(value) ? value : {}).flatMap(([name, member]) => {
      const [, byPattern] =
        Object.entries(patternProperties as Schema).find(([pattern]) => new RegExp(pattern).test(name)) ?? [];
      const schema = (rule as Readonly<Record<string, Schema>>)[name] ?? (byPattern as Schema | undefined);
      return schema ? schemaFaults(schema, member, root, `${at}.${name}`) : [`${at}: has ${name}, which no schema has`];
    }),
  items: ({ rule, value, root, at }) =>
    Array.isArray(value)
      ? value.flatMap((each, index) => schemaFaults(rule as Schema, each, root, `${at}[${index}]`))
      : [],
};

function isOfType(value: unknown, type: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

/** `#/components/schemas/User` */
export function lookUp(reference: string, root: Schema): Schema {
  let found: unknown = root;
  for (const name of reference.replace(/^#\//, '').split('/')) found = isObject(found) ? found[name] : undefined;
  if (!isObject(found)) throw new Error(`${reference} points nowhere.`);
  return found;
}
