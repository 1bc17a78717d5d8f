import type { EntityManager } from 'typeorm';
import { Organization } from './organization.entity.js';

/** Whatever takes or frees seats, or puts people into teams, stands in one queue an organization. */
export const lockOrganization = (id: string, manager: EntityManager): Promise<Organization> =>
  manager.getRepository(Organization).findOneOrFail({ where: { id }, lock: { mode: 'pessimistic_write' } });
