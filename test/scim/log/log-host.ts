import { ScimLog } from '../../../src/scim/log/scim-log.js';
import { ScimLogService } from '../../../src/scim/index.js';
import { type ModuleHost, type ModuleHostSettings, startModuleHost } from '../../support/module-host.js';

/** A row of scim_log; tests look into it freely. */
// eslint-disable-next-line typescript/no-explicit-any
type LogRow = any;

export interface LogHost extends ModuleHost {
  readonly log: ScimLog;
  readonly reader: ScimLogService;
  /** What is written of an organization, in the order of the requests. */
  rows(organizationId: string): Promise<LogRow[]>;
  /** The same, when all that was answered is written. */
  flushed(organizationId: string): Promise<LogRow[]>;
}

export async function startLogHost(settings: ModuleHostSettings = {}): Promise<LogHost> {
  const host = await startModuleHost({ ...settings, options: { deliverEvents: false, ...settings.options } });
  const log = host.app.get(ScimLog, { strict: false });
  const reader = host.app.get(ScimLogService, { strict: false });
  const rows = (organizationId: string): Promise<LogRow[]> =>
    host.dataSource.query('select * from scim_log where organization_id = $1 order by received_at, id', [
      organizationId,
    ]);
  return {
    ...host,
    log,
    reader,
    rows,
    async flushed(organizationId) {
      await log.flush();
      return rows(organizationId);
    },
  };
}
