import { allocationRules } from './allocation-rules.ts';
import type { Role } from './caller.ts';
import { reaches } from './caller.ts';
import {
  changing,
  cluster,
  declaredModel,
  keeping,
  keepingEvents,
  messageIn,
  modelIn,
  modelVisible,
  named,
  ofModels,
  reading,
  textIn,
  type AnswerFilter,
  type Message,
  type MethodRule,
} from './method-rule.ts';
import type { Directory } from './records.ts';
import type { Namespaces } from './caller.ts';

const readers = ['viewer', 'scheduler', 'operator', 'admin'] as const satisfies readonly Role[];
const schedulers = ['scheduler', 'operator', 'admin'] as const satisfies readonly Role[];
const operators = ['operator', 'admin'] as const satisfies readonly Role[];
const admins = ['admin'] as const satisfies readonly Role[];
const agents = ['agent'] as const satisfies readonly Role[];
const everyRole = [...readers, 'agent'] as const satisfies readonly Role[];

/**
 * Who may call what. One row an rpc of every service that the coordinator serves: it does not start with an rpc that
 * has no row, nor with a row that is of no rpc.
 */
export const methodTable: Readonly<Record<string, MethodRule>> = {
  'tangram.v1.SchedulerService/ApplyModel': changing(schedulers, {
    target: (request) => named('models', 'name')(messageIn(request, 'model') ?? {}),
    touches: declaredModel,
  }),
  'tangram.v1.SchedulerService/GetModel': reading(readers, modelByName()),
  'tangram.v1.SchedulerService/ListModels': reading(readers, { filter: ownModels }),
  'tangram.v1.SchedulerService/DeleteModel': changing(schedulers, modelByName()),
  'tangram.v1.SchedulerService/ScaleModel': changing(schedulers, modelByName()),
  'tangram.v1.SchedulerService/WatchModels': reading(readers, {
    ...modelByName(),
    filter: (namespaces, _directory, request) =>
      keepingEvents('model', (model) => modelVisible(namespaces, model), request),
  }),
  'tangram.v1.SchedulerService/Explain': reading(readers, modelByName()),
  'tangram.v1.SchedulerService/GetReplicaLogs': reading(readers, {
    target: named('replicas', 'replica'),
    touches: (request, directory) =>
      ofModels('each', [directory.modelOfReplica(textIn(request, 'replica'))], directory),
  }),

  ...allocationRules(readers, schedulers),

  'tangram.v1.ChangeService/ApplyPlan': changing(schedulers, {
    target: named('plans', 'plan'),
    touches: (request, directory) =>
      ofModels('each', directory.modelsOfPlan(textIn(request, 'plan')) ?? [], directory),
  }),
  // What is looked for, and kept, is a plan for everybody's models.
  'tangram.v1.ChangeService/PlanDefrag': reading(operators, { touches: cluster }),
  'tangram.v1.ChangeService/ListChanges': reading(readers, { filter: ownChanges }),
  'tangram.v1.ChangeService/GetChange': reading(readers, {
    target: named('changes', 'change'),
    touches: (request, directory) =>
      ofModels('some', directory.modelsOfChange(textIn(request, 'change')) ?? [], directory),
  }),
  'tangram.v1.ChangeService/WaitChange': reading(readers, {
    target: named('changes', 'change'),
    touches: (request, directory) =>
      ofModels('some', directory.modelsOfChange(textIn(request, 'change')) ?? [], directory),
  }),
  'tangram.v1.ChangeService/WatchChanges': reading(readers, { filter: ownChangeEvents }),
  'tangram.v1.ChangeService/AbortChange': changing(schedulers, {
    target: named('changes', 'change'),
    touches: (request, directory) =>
      ofModels('each', directory.modelsOfChange(textIn(request, 'change')) ?? [], directory),
  }),

  'tangram.v1.ClusterService/ListNodes': reading(readers),
  'tangram.v1.ClusterService/GetNode': reading(readers, { target: named('nodes', 'name') }),
  'tangram.v1.ClusterService/WatchNodes': reading(readers, { target: named('nodes', 'name') }),
  'tangram.v1.ClusterService/CordonNode': changing(operators, wholeNode()),
  'tangram.v1.ClusterService/DrainNode': changing(operators, wholeNode()),
  'tangram.v1.ClusterService/UncordonNode': changing(operators, wholeNode()),
  'tangram.v1.ClusterService/LabelNode': changing(operators, wholeNode()),
  // It ends what others hold there, and takes its certificates away.
  'tangram.v1.ClusterService/RemoveNode': changing(operators, wholeNode()),
  'tangram.v1.ClusterService/ListEvents': reading(readers, { filter: ownEvents }),
  'tangram.v1.ClusterService/GetCluster': reading(readers),

  'tangram.v1.DecisionService/ListDecisions': reading(readers, {
    ...modelByName('model'),
    filter: ownDecisions,
  }),
  // A replay shows what everybody asked for.
  'tangram.v1.DecisionService/ReplayDecision': reading(readers, { touches: cluster }),
  'tangram.v1.DecisionService/ReplayPolicy': reading(readers, { touches: cluster }),

  'tangram.v1.TelemetryService/ListSamples': reading(readers, { target: named('nodes', 'node') }),
  'tangram.v1.TelemetryService/QuerySamples': reading(readers, modelByName('model')),

  'tangram.v1.WhatIfService/TryAddNodes': reading(readers, { touches: cluster }),
  'tangram.v1.WhatIfService/TryRemoveNode': reading(readers, {
    target: named('nodes', 'name'),
    touches: cluster,
  }),
  'tangram.v1.WhatIfService/TryModel': reading(readers, { touches: declaredModel }),

  // A snapshot holds everything, sealed keys included: that somebody took one is on record.
  'tangram.v1.SnapshotService/TakeSnapshot': changing(admins, { touches: cluster }),
  'tangram.v1.SnapshotService/GetBackups': reading(operators, { touches: cluster }),

  'tangram.v1.AccessService/WhoAmI': reading(everyRole),
  'tangram.v1.AccessService/CreateUser': changing(admins, everything('users', 'name')),
  'tangram.v1.AccessService/ListUsers': reading(admins, { touches: cluster }),
  'tangram.v1.AccessService/SetUserRole': changing(admins, everything('users', 'name')),
  'tangram.v1.AccessService/DeleteUser': changing(admins, everything('users', 'name')),
  'tangram.v1.AccessService/CreateApiToken': changing(admins, {
    touches: cluster,
    made: (answer) => named('api-tokens', 'id')(messageIn(answer, 'token') ?? {}),
  }),
  'tangram.v1.AccessService/ListApiTokens': reading(admins, { touches: cluster }),
  'tangram.v1.AccessService/RevokeApiToken': changing(admins, everything('api-tokens', 'id')),
  'tangram.v1.AccessService/ListAuditRecords': reading(admins, { touches: cluster }),
  'tangram.v1.AccessService/VerifyAudit': reading(admins, { touches: cluster }),

  'tangram.link.v1.LinkService/Control': reading(agents, {
    speaksFor: (message) => {
      const hello = messageIn(message, 'hello');
      const inventory = messageIn(hello ?? message, 'inventory');
      return inventory === null ? null : textIn(inventory, 'node');
    },
  }),
  // Comes as bytes that only its service reads: it asks `assertSpeaksFor`.
  'tangram.link.v1.LinkService/Telemetry': reading(agents),
  // For itself alone: its service compares the request with the certificate.
  'tangram.link.v1.LinkService/Renew': changing(agents),

  // Who joins has no certificate yet; a token that only its service reads proves what may be had.
  'tangram.join.v1.JoinService/GetTrust': reading('anybody'),
  'tangram.join.v1.JoinService/Join': changing('anybody', { target: named('nodes', 'node') }),

  'tangram.v1.TrustService/CreateJoinToken': changing(admins, {
    touches: cluster,
    made: (answer) => named('join-tokens', 'id')(messageIn(answer, 'token') ?? {}),
  }),
  'tangram.v1.TrustService/ListJoinTokens': reading(admins, { touches: cluster }),
  'tangram.v1.TrustService/RevokeJoinToken': changing(admins, everything('join-tokens', 'id')),
  // Whoever may do this may become anybody.
  'tangram.v1.TrustService/IssueUserCertificate': changing(admins, everything('users', 'user')),
  'tangram.v1.TrustService/RevokeCertificates': changing(admins, {
    touches: cluster,
    target: (request) =>
      named('nodes', 'node')(request) ||
      named('users', 'user')(request) ||
      named('certificates', 'serial')(request),
  }),
  'tangram.v1.TrustService/GetAuthority': reading(admins, { touches: cluster }),
  'tangram.v1.TrustService/RotateAuthority': changing(admins, { touches: cluster }),
  'tangram.v1.TrustService/RetireAuthority': changing(admins, { touches: cluster }),

  // Load balancers and probes prove nothing, and learn nothing but whether it serves.
  'grpc.health.v1.Health/Check': reading('anybody'),
  'grpc.health.v1.Health/Watch': reading(readers),
  'grpc.health.v1.Health/List': reading(readers),
  'grpc.reflection.v1.ServerReflection/ServerReflectionInfo': reading(readers),
  'grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo': reading(readers),
};

/** `/a.b.C/D`, as gRPC names a method, is the row `a.b.C/D`. */
export function methodName(path: string): string {
  return path.startsWith('/') ? path.slice(1) : path;
}

/**
 * What is wrong with the table; empty: nothing. `served` are the paths of the rpcs that are served, `contract` those that
 * there are: a service that is not served as things are configured has its rows all the same.
 */
export function tableProblems(
  table: Readonly<Record<string, MethodRule>>,
  served: Iterable<string>,
  contract: Iterable<string>,
): readonly string[] {
  const offered = [...served].map(methodName);
  const known = new Set([...offered, ...[...contract].map(methodName)]);
  return [
    ...offered
      .filter((method) => !Object.hasOwn(table, method))
      .map((method) => `the rpc ${method} has no row`),
    ...Object.keys(table)
      .filter((method) => !known.has(method))
      .map((method) => `the row ${method} is of no rpc`),
  ];
}

function modelByName(field = 'name'): Pick<MethodRule, 'target' | 'touches'> {
  return { target: named('models', field), touches: modelIn(field) };
}

function wholeNode(): Pick<MethodRule, 'target' | 'touches'> {
  return everything('nodes', 'name');
}

function everything(kind: string, field: string): Pick<MethodRule, 'target' | 'touches'> {
  return { target: named(kind, field), touches: cluster };
}

function ownModels(namespaces: Namespaces): AnswerFilter {
  return keeping('models', (model) => modelVisible(namespaces, model));
}

function ownChanges(namespaces: Namespaces, directory: Directory): AnswerFilter {
  return keeping('changes', (change) => {
    const models = directory.modelsOfChange(textIn(change, 'change')) ?? [];
    return models.some((model) => modelReached(namespaces, model, directory));
  });
}

function ownChangeEvents(namespaces: Namespaces, directory: Directory): AnswerFilter {
  return (event) => {
    const change = messageIn(event, 'change');
    if (change === null) return event;
    const models = directory.modelsOfChange(textIn(change, 'change')) ?? [];
    return models.some((model) => modelReached(namespaces, model, directory)) ? event : null;
  };
}

function ownDecisions(namespaces: Namespaces, directory: Directory): AnswerFilter {
  return keeping('decisions', (decision) =>
    modelReached(namespaces, textIn(decision, 'model'), directory),
  );
}

/** Events of nodes and of the cluster are everybody's. Of a model that is gone nobody can say whose it was. */
function ownEvents(namespaces: Namespaces, directory: Directory): AnswerFilter {
  return keeping('events', (event: Message) => {
    const [kind, name] = textIn(event, 'subject').split('/', 2);
    if (kind === 'models') return modelReached(namespaces, name, directory);
    if (kind === 'allocations') {
      const allocation = directory.allocation(name ?? '');
      return allocation !== undefined && reaches(namespaces, allocation.namespace);
    }
    if (kind !== 'replicas') return true;
    return modelReached(namespaces, directory.modelOfReplica(name ?? ''), directory);
  });
}

function modelReached(
  namespaces: Namespaces,
  name: string | undefined,
  directory: Directory,
): boolean {
  const model = name === undefined ? undefined : directory.model(name);
  return model !== undefined && reaches(namespaces, model.namespace);
}
