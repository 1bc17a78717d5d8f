import type { CDPSession, Page } from 'playwright-core';

/** A part of a page as a screen reader is told of it. */
export interface Heard {
  readonly role: string;
  readonly name: string;
  readonly canBeFocused: boolean;
  readonly level: number | undefined;
  /** Roles and names of what it is in, the innermost first. */
  readonly within: readonly { readonly role: string; readonly name: string; readonly id: string }[];
  readonly id: string;
}

type Node = Awaited<ReturnType<typeof fetchTree>>[number];

const fetchTree = async (client: CDPSession) => (await client.send('Accessibility.getFullAXTree')).nodes;

/** Chromium's own accessibility tree, in the order of the page, without what is ignored. */
export async function listen(page: Page): Promise<readonly Heard[]> {
  const client = await page.context().newCDPSession(page);
  const nodes = await fetchTree(client);
  await client.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const [root] = nodes;
  return root === undefined
    ? []
    : inOrder(root, byId)
        .filter(({ ignored }) => !ignored)
        .map((node) => hear(node, byId));
}

/** Chromium lists what is near the root first. */
const inOrder = (node: Node, byId: ReadonlyMap<string, Node>): readonly Node[] => [
  node,
  ...(node.childIds ?? []).flatMap((id) => byId.get(id) ?? []).flatMap((child) => inOrder(child, byId)),
];

function hear(node: Node, byId: ReadonlyMap<string, Node>): Heard {
  const property = (name: string): unknown => node.properties?.find((one) => one.name === name)?.value.value;
  const level = property('level');
  const within = [];
  for (let above = parentOf(node, byId); above; above = parentOf(above, byId)) {
    if (!above.ignored) within.push({ ...calledOf(above), id: above.nodeId });
  }
  return {
    ...calledOf(node),
    id: node.nodeId,
    canBeFocused: property('focusable') === true,
    level: typeof level === 'number' ? level : undefined,
    within,
  };
}

const parentOf = ({ parentId }: Node, byId: ReadonlyMap<string, Node>): Node | undefined =>
  parentId === undefined ? undefined : byId.get(parentId);

const calledOf = ({ role, name }: Node): { role: string; name: string } => ({
  role: String(role?.value ?? ''),
  name: String(name?.value ?? '').trim(),
});

const USED = new Set(
  'button link textbox searchbox combobox checkbox radio spinbutton DisclosureTriangle option menuitem tab switch slider'.split(
    ' ',
  ),
);
const WITHOUT_MEANING = new Set(['', 'generic', 'none', 'presentation', 'StaticText', 'InlineTextBox']);
/** What is told apart by what it stands in: a row has a name of its own, a group and a region too. */
const SCOPES = new Set([
  'row',
  'listitem',
  'group',
  'region',
  'dialog',
  'search',
  'navigation',
  'form',
  'DateTime',
  'RootWebArea',
]);
const NAMED = new Set(['dialog', 'alertdialog', 'table', 'region', 'navigation', 'search', 'radiogroup', 'form']);

/** What is wrong with what is heard, in words; nothing where all is well. */
export function faultsOf(heard: readonly Heard[]): readonly string[] {
  const show = ({ role, name }: Heard): string => `${role} "${name}"`;
  const used = heard.filter(({ role, canBeFocused }) => USED.has(role) || canBeFocused);
  return [
    ...used.filter(({ name }) => name === '').map((one) => `without a name: ${show(one)} in ${whereOf(one)}`),
    ...used.filter(({ role }) => WITHOUT_MEANING.has(role)).map((one) => `without a role: ${show(one)}`),
    ...twins(used.filter(({ role }) => role !== 'option')).map((one) => `one of two: ${show(one)} in ${whereOf(one)}`),
    ...heard
      .filter(({ role, name }) => NAMED.has(role) && name === '')
      .map((one) => `without a name: ${show(one)} in ${whereOf(one)}`),
    ...headingFaults(heard),
  ];
}

const whereOf = ({ within }: Heard): string =>
  within
    .filter(({ name }) => name !== '')
    .slice(0, 2)
    .map(({ role, name }) => `${role} "${name}"`)
    .join(', ');

/** Those that nothing tells apart for somebody who hears them one after the other. */
function twins(used: readonly Heard[]): readonly Heard[] {
  const met = new Set<string>();
  return used.filter((one) => {
    const scope = one.within.find(({ role }) => SCOPES.has(role));
    const key = JSON.stringify([one.role, one.name, scope?.id]);
    const isTwin = met.has(key);
    met.add(key);
    return isTwin;
  });
}

/** The page behind an open dialog is not heard; its h1 stands above the dialog's heading all the same. */
function headingFaults(heard: readonly Heard[]): readonly string[] {
  const headings = heard.filter(({ role }) => role === 'heading');
  const behind = heard.some(({ role }) => role === 'dialog') ? 1 : 0;
  return headings
    .filter(({ level = 0 }, index) => level > (headings[index - 1]?.level ?? behind) + 1 || level === 0)
    .map(({ name, level }) => `heading "${name}" of level ${level} skips one`);
}
