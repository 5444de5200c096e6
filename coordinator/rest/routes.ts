/** One rpc as scripts call it. */
export interface Route {
  readonly verb: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** `{field}`: a path segment that goes into that field of the request; `{a.b}`: into a field of a field. */
  readonly path: string;
  /** `Service/Method` of tangram.v1. */
  readonly rpc: string;
  /** Which field of the request the body is; `*`: all of it; absent: there is none. Other fields are query parameters. */
  readonly body?: string;
}

const get = (path: string, rpc: string): Route => ({ verb: 'GET', path, rpc });
const post = (path: string, rpc: string): Route => ({ verb: 'POST', path, rpc, body: '*' });
const remove = (path: string, rpc: string): Route => ({ verb: 'DELETE', path, rpc });

/** The mirror: every row calls the rpc that it names, through the same door as everybody. */
export const routes: readonly Route[] = [
  get('/v1/models', 'SchedulerService/ListModels'),
  get('/v1/models:watch', 'SchedulerService/WatchModels'),
  post('/v1/models:apply', 'SchedulerService/ApplyModel'),
  get('/v1/models/{name}', 'SchedulerService/GetModel'),
  {
    verb: 'PUT',
    path: '/v1/models/{model.name}',
    rpc: 'SchedulerService/ApplyModel',
    body: 'model',
  },
  remove('/v1/models/{name}', 'SchedulerService/DeleteModel'),
  post('/v1/models/{name}:scale', 'SchedulerService/ScaleModel'),
  get('/v1/models/{name}:explain', 'SchedulerService/Explain'),
  get('/v1/replicas/{replica}/logs', 'SchedulerService/GetReplicaLogs'),

  get('/v1/allocations', 'AllocationService/ListAllocations'),
  post('/v1/allocations', 'AllocationService/Allocate'),
  get('/v1/allocations:watch', 'AllocationService/WatchAllocations'),
  get('/v1/allocations/{name}', 'AllocationService/GetAllocation'),
  remove('/v1/allocations/{name}', 'AllocationService/ReleaseAllocation'),
  post('/v1/allocations/{name}:renew', 'AllocationService/RenewAllocation'),
  get('/v1/allocations/{name}:explain', 'AllocationService/ExplainAllocation'),

  get('/v1/nodes', 'ClusterService/ListNodes'),
  get('/v1/nodes:watch', 'ClusterService/WatchNodes'),
  get('/v1/nodes/{name}', 'ClusterService/GetNode'),
  post('/v1/nodes/{name}:cordon', 'ClusterService/CordonNode'),
  post('/v1/nodes/{name}:drain', 'ClusterService/DrainNode'),
  post('/v1/nodes/{name}:uncordon', 'ClusterService/UncordonNode'),
  post('/v1/nodes/{name}:label', 'ClusterService/LabelNode'),
  remove('/v1/nodes/{name}', 'ClusterService/RemoveNode'),
  get('/v1/events', 'ClusterService/ListEvents'),
  get('/v1/cluster', 'ClusterService/GetCluster'),

  get('/v1/changes', 'ChangeService/ListChanges'),
  get('/v1/changes:watch', 'ChangeService/WatchChanges'),
  get('/v1/changes/{change}', 'ChangeService/GetChange'),
  get('/v1/changes/{change}:wait', 'ChangeService/WaitChange'),
  post('/v1/changes/{change}:abort', 'ChangeService/AbortChange'),
  post('/v1/plans/{plan}:apply', 'ChangeService/ApplyPlan'),
  post('/v1/plans:defrag', 'ChangeService/PlanDefrag'),

  get('/v1/decisions', 'DecisionService/ListDecisions'),
  get('/v1/decisions/{id}:replay', 'DecisionService/ReplayDecision'),

  post('/v1/whatif/nodes:add', 'WhatIfService/TryAddNodes'),
  post('/v1/whatif/nodes/{node}:remove', 'WhatIfService/TryRemoveNode'),
  post('/v1/whatif/models:try', 'WhatIfService/TryModel'),

  get('/v1/whoami', 'AccessService/WhoAmI'),
];

const segment = '[^/:]+';

/** Matches the paths of one template; its groups are the fields in order. */
export function patternOf(path: string): { readonly pattern: RegExp; readonly fields: string[] } {
  const fields: string[] = [];
  const source = path
    .split(/\{([^}]+)\}/)
    .map((part, index) => {
      if (index % 2 === 0) return part;
      fields.push(part);
      return `(${segment})`;
    })
    .join('');
  return { pattern: new RegExp(`^${source}$`), fields };
}
