/** The rooms and who may import whom. `test/tidy` plants violations to prove that these rules bite. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const pureAgent =
  '^agent/(reconcile/(steps|plan|mig-plan|mps-(plan|daemon-plan|recovery-plan|clients|view))|observe/assemble)\\.ts$';
const pureHealth =
  '^agent/health/(advice|card-facts|conditions|incidents|judge|memory|policy|readings|recovery-plan|sighting|xid-meaning)\\.ts$';
const generated = '^shared/wire/generated/';

module.exports = {
  forbidden: [
    rule(
      'no-cycles',
      'A cycle has no first thing to read. Types of messages that hold themselves, as the protos have it, are no such thing.',
      { pathNot: generated },
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    rule('no-unresolvable', 'An import that finds nothing.', {}, { couldNotResolve: true }),
    rule(
      'domain-is-pure',
      'No node:*, no package, no other room.',
      { path: '^shared/domain/' },
      { pathNot: '^shared/domain/' },
    ),
    rule(
      'placement-is-pure',
      'Placement sees only the domain.',
      { path: '^shared/placement/' },
      { pathNot: '^(shared/domain|shared/placement)/' },
    ),
    rule(
      'planning-is-pure',
      'Planners and assemble see only the domain, their own folder, what a holder is, what judges a card, and what judges a workload.',
      { path: pureAgent },
      {
        pathNot: `^(shared/domain|agent/reconcile|agent/observe)/|^agent/attribution/holder|^agent/policy/(judge|policy)|${pureHealth}`,
      },
    ),
    rule(
      'policy-is-its-own',
      'What a node allows follows from its file and the workload, and from nothing else.',
      { path: '^agent/policy/' },
      { path: '^agent/(?!policy/)' },
    ),
    rule(
      'judging-is-pure',
      'What judges a card sees the domain, formats, the records of the store and the shape of the world.',
      { path: pureHealth },
      {
        pathNot: `^shared/domain/|^agent/formats/|^agent/store/health-records|^agent/observe/world|${pureHealth}`,
      },
    ),
    rule(
      'layout-planning-is-pure',
      'What a card becomes and what is done next see the domain, words of manifests and their own folder.',
      {
        path: '^agent/layout/(card-now|fit|free-count|mig-family|move|nearest|next-move|plan-card|restore-shape|select-cards|step-seconds|undo-move|wanted|wish)\\.ts$',
      },
      {
        pathNot: '^(shared/domain|shared/manifest|agent/layout|agent/store/records)',
      },
    ),
    rule(
      'sides-apart',
      'The agent never imports the coordinator.',
      { path: '^agent/' },
      { path: '^coordinator/' },
    ),
    rule(
      'sides-apart-2',
      'The coordinator never imports the agent.',
      { path: '^coordinator/' },
      { path: '^agent/' },
    ),
    rule(
      'shared-stands-below',
      'shared never imports a side.',
      { path: '^shared/' },
      { path: '^(agent|coordinator|packaging|test)/' },
    ),
    rule(
      'product-without-tests',
      'Product code never imports tests.',
      { path: '^(agent|coordinator|packaging)/' },
      { path: '^test/' },
    ),
    rule(
      'platform-below',
      'platform sees the domain only.',
      { path: '^shared/platform/' },
      { path: '^shared/(?!domain|platform)' },
    ),
    rule(
      'wire-below',
      'wire sees domain, certificates, errors, generated types and gRPC.',
      { path: '^shared/wire/' },
      {
        path: '^(shared/(?!domain/|pki/|wire/|platform/errors)|node_modules/(?!@grpc|@types/node|protobufjs|grpc-health-check))',
      },
    ),
    rule(
      'pki-below',
      'Certificates, tokens and identities: the domain, cryptography, yaml and zod; no file, no clock.',
      { path: '^shared/pki/' },
      {
        path: '^(shared/(?!domain|pki)|(node:)?fs|node_modules/(?!@peculiar/x509|reflect-metadata|@types/node|yaml|zod))',
      },
    ),
    rule(
      'authority-low',
      'The authority sees the store, certificates and platform: no wire, no fleet.',
      { path: '^coordinator/ca/' },
      { path: '^(coordinator/(?!ca|store)|shared/(?!domain|pki|platform))' },
    ),
    rule(
      'access-before-doors',
      'Who may do what is decided before any door: it sees no service, no CLI.',
      { path: '^coordinator/access/' },
      { path: '^coordinator/(api|cli|http|rest)/' },
    ),
    rule(
      'leader-before-doors',
      'Who leads is settled before any door: it sees the fleet and the store, no service, no CLI.',
      { path: '^coordinator/leader/' },
      { path: '^coordinator/(?!leader|fleet|store)' },
    ),
    rule(
      'fleet-below-leader',
      'A core plans and publishes for as long as it is let; whether it leads is not its to ask.',
      { path: '^coordinator/fleet/' },
      { path: '^coordinator/leader/' },
    ),
    rule(
      'audit-low',
      'The audit log knows nothing of what it records: platform alone.',
      { path: '^coordinator/audit/' },
      { path: '^(coordinator/(?!audit)|shared/(?!platform))' },
    ),
    rule(
      'x509',
      'Only shared/pki builds certificates, and only the coordinator has it build them.',
      { path: '^(agent|coordinator|shared)/', pathNot: '^shared/pki/issue' },
      { path: 'node_modules/@peculiar/x509' },
    ),
    rule(
      'manifest-below',
      'manifest sees domain, yaml and zod.',
      { path: '^shared/manifest/' },
      { path: '^(shared/(?!domain|manifest)|node_modules/(?!yaml|zod))' },
    ),
    rule(
      'generated-stays',
      "Generated types live in wire, the client package, api, link, the CLIs' transports and the store that speaks to etcd.",
      {
        pathNot:
          '^(shared/(wire|client)|coordinator/(api|cli|store/etcd)|agent/(link|api|cli)|test)/',
      },
      { path: generated },
    ),
    rule(
      'formats-are-pure',
      "Formats turn a tool's text into values: the domain, their own folder and an XML reader.",
      { path: '^agent/formats/' },
      { pathNot: '^(shared/domain|agent/formats)/|node_modules/fast-xml-parser' },
    ),
    rule(
      'attribution-is-pure',
      'Whose memory, SM use and power it is: the domain and its own folder.',
      { path: '^agent/attribution/' },
      { pathNot: '^(shared/domain|agent/attribution)/' },
    ),
    rule(
      'doctor-judges-purely',
      'Checks see the evidence, never the host.',
      { path: '^agent/doctor/(checks/|diagnose|diagnosis|version)' },
      { pathNot: '^(shared/domain|agent/doctor)/' },
    ),
    rule(
      'local-is-pure',
      'A local launch is planned from values: the domain and the placement engine.',
      { path: '^agent/local/' },
      { pathNot: '^(shared/(domain|placement)|agent/local)/' },
    ),
    rule(
      'drivers-apart',
      'A driver never imports another driver, except process.',
      { path: '^agent/drivers/([^/]+)/' },
      { path: '^agent/drivers/', pathNot: '^agent/drivers/($1|process|runtime)/' },
    ),
    rule(
      'drivers-low',
      'Drivers see domain, platform, formats and drivers/process.',
      { path: '^agent/drivers/' },
      { path: '^agent/(?!drivers|formats)' },
    ),
    rule(
      'simulator-apart',
      'The simulator is a program of its own: the agent cannot tell it from the real tool.',
      { path: '^agent/simulator/' },
      { path: '^agent/(?!simulator)' },
    ),
    rule(
      'simulator-unseen',
      'Nobody imports the simulator.',
      { path: '^(agent/(?!simulator)|coordinator|shared)' },
      { path: '^agent/simulator/' },
    ),
    rule(
      'stores-low',
      'Stores see domain and platform.',
      { path: '^(agent|coordinator)/store/' },
      { path: '^(agent|coordinator)/(?!store)' },
    ),
    rule(
      'simulate-low',
      'Simulations see the domain, the engine, platform and a reader of CSV: no store, no wire, no fleet.',
      { path: '^coordinator/simulate/' },
      {
        path: '^(agent|coordinator/(?!simulate)|shared/(?!domain|placement|platform)|node_modules/(?!csv-parse|@types/node))',
      },
    ),
    rule(
      'replays-low',
      'Replays see the log, the engine and what both sides stand on: never the live fleet.',
      { path: '^coordinator/replay/' },
      { path: '^coordinator/(?!replay|store)|^shared/(?!domain|placement|platform)' },
    ),
    rule(
      'scenario-low',
      'Scenarios see the domain, the engine, manifests, platform, simulations and the pure rules of the fleet: no store, no wire.',
      { path: '^coordinator/scenario/' },
      {
        path: '^(agent|coordinator/(?!scenario/|simulate/|replay/usage|fleet/(availability|demand-histogram|limits)\\.ts)|shared/wire|node_modules/(?!zod|@types/node))',
      },
    ),
    rule(
      'what-if-is-pure',
      'Thoughts about a copy of the cluster see the domain and the engine.',
      { path: '^coordinator/whatif/' },
      { pathNot: '^(shared/(domain|placement)|coordinator/whatif)/' },
    ),
    rule(
      'rest-is-a-client',
      'The mirror calls the gRPC door as everybody does: it sees the contract, never what answers.',
      { path: '^coordinator/rest/' },
      {
        path: '^(agent|coordinator/(?!rest/)|shared/(?!domain|wire|platform))|^shared/wire/generated/',
      },
    ),
    rule(
      'main-is-top',
      'main.ts wires; nobody imports it.',
      {},
      { path: '^(agent|coordinator)/main\\.ts$' },
    ),
    rule(
      'wiring-is-for-main',
      'wiring/ is the longer half of main.ts: nobody else imports it.',
      { pathNot: '^agent/(main|wiring/)' },
      { path: '^agent/wiring/' },
    ),
    rule(
      'child-process',
      'Only drivers/process starts processes (and the launcher, build and tests), and whoever speaks to systemd.',
      {
        path: '^(agent|coordinator|shared)/',
        pathNot: '^agent/(drivers/process|simulator)/|^shared/platform/service-manager\\.ts$',
      },
      { path: '^(node:)?child_process$|node_modules/execa' },
    ),
    rule(
      'dockerode',
      'Only drivers/docker talks to Docker.',
      { path: '^(agent|coordinator|shared)/', pathNot: '^agent/drivers/docker/' },
      { path: 'node_modules/(@types/)?dockerode' },
    ),
    rule(
      'sqlite',
      'Only platform/sqlite opens a database.',
      { path: '^(agent|coordinator|shared)/', pathNot: '^shared/platform/sqlite' },
      { path: 'node_modules/(@types/)?better-sqlite3' },
    ),
    rule(
      'systeminformation',
      'Only drivers/host asks the host.',
      { path: '^(agent|coordinator|shared)/', pathNot: '^agent/drivers/host/' },
      { path: 'node_modules/systeminformation' },
    ),
    rule(
      'timers',
      'Only platform/clock sleeps.',
      {
        path: '^(agent|coordinator|shared)/',
        pathNot: '^(shared/platform/clock|agent/simulator/)',
      },
      { path: '^(node:)?timers(/promises)?$' },
    ),
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.tangram)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
