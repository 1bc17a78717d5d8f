import { type FaultServer, startFaultServer } from './fault-server.js';
import { HostProcesses } from './host-processes.js';
import { type Program, translateProgram } from './program.js';
import { runScenario } from './scenario.js';
import { scenarios } from './scenarios.js';

/** The quick form; the full one is `npm run faults`. */
describe('when things break', () => {
  const seed = Number(process.env.FAULTS_SEED ?? Math.floor(Math.random() * 1_000_000_000));
  let program: Program;
  let processes: HostProcesses;
  let server: FaultServer;

  beforeAll(async () => {
    program = await translateProgram();
    processes = new HostProcesses(program.script);
    // As many as will be needed: loading takes longer than all they do.
    processes.prepare(5);
    server = await startFaultServer(true);
  }, 120_000);

  afterAll(async () => {
    await processes?.discard();
    await server?.discard();
    await program?.discard();
  });

  it.each(scenarios)(
    '$name: $title',
    async (scenario) => {
      const { violations } = await runScenario(scenario, { server, processes, seed, quick: true });
      expect({ seed, violations }).toEqual({ seed, violations: [] });
    },
    180_000,
  );
});
