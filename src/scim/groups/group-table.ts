import { groupSource } from '../persistence/group-source.js';
import { GROUP } from '../persistence/group-statements.js';
import type { ResourceTable } from '../persistence/list-rows.js';

/** Where groups are, without their members. @param baseUrl of the SCIM endpoints. */
export const groupTable = (baseUrl: string): ResourceTable => ({
  columns: GROUP,
  name: 'scim_group',
  visible: 'TRUE',
  source: groupSource(baseUrl),
});
