import type {
  MethodDefinition,
  Server,
  ServerDuplexStream,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { packageDefinition } from '../../shared/wire/services.ts';

const versions = ['grpc.reflection.v1', 'grpc.reflection.v1alpha'] as const;
const methodName = 'ServerReflectionInfo';

/** What answers at one path, once it is made. */
interface Made {
  readonly method: MethodDefinition<unknown, unknown>;
  readonly answer: (call: ServerDuplexStream<unknown, unknown>) => void;
}

/**
 * Lets people's tools ask `server` for the contract of `services`. Made when somebody first asks: it decodes all protos
 * again, which is a fifth of the start of an empty coordinator.
 */
export function addReflection(server: Server, services: readonly string[]): void {
  let made: ReadonlyMap<string, Made> | undefined;
  const at = (path: string): Made => {
    made ??= makeReflection(services);
    const found = made.get(path);
    if (found === undefined) throw new Error(`@grpc/reflection serves no ${path}`);
    return found;
  };
  for (const version of versions) {
    const path = `/${version}.ServerReflection/${methodName}`;
    const method: MethodDefinition<unknown, unknown> = {
      path,
      requestStream: true,
      responseStream: true,
      requestSerialize: (message) => at(path).method.requestSerialize(message),
      requestDeserialize: (bytes) => at(path).method.requestDeserialize(bytes),
      responseSerialize: (message) => at(path).method.responseSerialize(message),
      responseDeserialize: (bytes) => at(path).method.responseDeserialize(bytes),
    };
    const answer: Made['answer'] = (call) => at(path).answer(call);
    server.addService({ [methodName]: method }, { [methodName]: answer });
  }
}

function makeReflection(services: readonly string[]): ReadonlyMap<string, Made> {
  const made = new Map<string, Made>();
  const addService = (service: ServiceDefinition, handlers: UntypedServiceImplementation): void => {
    for (const [name, method] of Object.entries(service)) {
      // The library's types have no place for a handler of a service that is not known by its type.
      made.set(method.path, { method, answer: handlers[name] as Made['answer'] });
    }
  };
  const recorder: Pick<Server, 'addService'> = { addService };
  new ReflectionService(packageDefinition, { services: [...services] }).addToServer(recorder);
  return made;
}
