/** RFC 7644 §3.3 lets a service provider ignore what it does not know, which is dangerous where a client meant `active`. */
import { foldName } from './attribute-path.js';
import { rulesOf } from './attribute-rules.js';
import { quote } from './read-simple.js';
import type { ResourceType } from './schemas/schema.js';
import { invalidPath } from './scim-error.js';

/**
 * For a key that names no attribute. One that means an attribute which must not be passed over, and is written in a way that
 * nobody reads (`active.value`, `User.active`, ` active `, under the URN of an extension), is refused: a client that is
 * answered 200 would think that somebody was deactivated.
 * @throws ScimError 400 invalidPath
 */
export function refuseUnreadSpelling(key: string, resourceType: ResourceType): void {
  const { schema, extensions, name } = resourceType;
  const critical = schema.attributes.filter((attribute) => rulesOf(attribute).neverPassedOver);
  if (critical.length === 0) return;
  const owners = [schema.id, ...extensions.map((each) => each.schema.id), name];
  const rest = withoutOwner(withoutSigns(foldName(key)), owners.map(foldName));
  const meant = critical.find((attribute) => isFirstWord(rest, foldName(attribute.name)));
  if (meant) throw invalidPath(`${quote(key)} is not read as ${meant.name}: write "${meant.name}".`);
}

/** Without the name of a schema or of the resource type that stands before an attribute's. */
function withoutOwner(key: string, owners: readonly string[]): string {
  const rests = owners.filter((owner) => key.startsWith(owner)).map((owner) => key.slice(owner.length));
  const rest = rests.find((each) => withoutSigns(each) !== each);
  return rest === undefined ? key : withoutSigns(rest);
}

const withoutSigns = (text: string): string => text.replace(/^[^a-z0-9]+/, '');

/** `activeDirectoryId` is another attribute. */
const isFirstWord = (text: string, word: string): boolean =>
  text.startsWith(word) && /^\s*($|[.:[/])/.test(text.slice(word.length));
