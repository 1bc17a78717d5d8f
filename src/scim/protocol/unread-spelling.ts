/** RFC 7644 §3.3 lets a service provider ignore what it does not know, which is dangerous where a client meant `active`. */
import { foldName } from './attribute-path.js';
import { rulesOf } from './attribute-rules.js';
import { quote } from './quote.js';
import type { ResourceType } from './schemas/schema.js';
import { invalidPath } from './scim-error.js';
import { refuseUnreadableName } from './unreadable-name.js';

/**
 * For a key that names no attribute. One that means an attribute which must not be passed over, and is written in a way that
 * nobody reads (`active.value`, `User.active`, ` active `, under the URN of an extension), is refused: a client that is
 * answered 200 would think that somebody was deactivated.
 * @throws ScimError 400 invalidPath; invalidSyntax as `refuseUnreadableName`
 */
export function refuseUnreadSpelling(key: string, resourceType: ResourceType): void {
  const folded = foldName(key);
  // First what is quick: most unknown names have nothing to do with any of them.
  const possible = criticalOf(resourceType).filter((name) => folded.includes(foldName(name)));
  if (possible.length === 0) return refuseUnreadableName(key);
  const { schema, extensions } = resourceType;
  const owners = [schema.id, ...extensions.map((each) => each.schema.id), resourceType.name];
  const rest = withoutOwner(withoutSigns(folded), owners.map(foldName));
  const meant = possible.find((name) => isFirstWord(rest, foldName(name)));
  if (meant !== undefined) throw invalidPath(`${quote(key)} is not read as ${meant}: write "${meant}".`);
  refuseUnreadableName(key);
}

const criticalNames = new WeakMap<ResourceType, readonly string[]>();

/** The names of attributes that must not be passed over. */
function criticalOf(resourceType: ResourceType): readonly string[] {
  const known = criticalNames.get(resourceType);
  if (known) return known;
  const critical = resourceType.schema.attributes.filter((attribute) => rulesOf(attribute).neverPassedOver);
  const names = critical.map(({ name }) => name);
  criticalNames.set(resourceType, names);
  return names;
}

/** Without the name of a schema or of the resource type that stands before an attribute's. */
function withoutOwner(key: string, owners: readonly string[]): string {
  const rests = owners.filter((owner) => key.startsWith(owner)).map((owner) => key.slice(owner.length));
  const rest = rests.find((each) => withoutSigns(each) !== each);
  return rest === undefined ? key : withoutSigns(rest);
}

const withoutSigns = (text: string): string => text.replace(/^[^a-z0-9]+/, '');

/** `activeDirectoryId`, `active-since` and `Active Directory` are other attributes. */
const isFirstWord = (text: string, word: string): boolean =>
  text.startsWith(word) && !/^(?:[\w$-]|\s+[\w$])/.test(text.slice(word.length));
