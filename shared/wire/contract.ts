import { join } from 'node:path';
import protobuf from 'protobufjs';
import { protoRoot } from './proto-root.ts';

let loaded: protobuf.Root | undefined;

const files = [
  'allocation',
  'access',
  'scheduler',
  'cluster',
  'change',
  'decision',
  'whatif',
] as const;

/** The messages and services of `tangram.v1` with their comments, for what is made of the contract itself: JSON, OpenAPI. */
export function contract(): protobuf.Root {
  if (loaded !== undefined) return loaded;
  const folder = protoRoot();
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => (target.startsWith('/') ? target : join(folder, target));
  const paths = files.map((name) => `tangram/v1/${name}_service.proto`);
  root.loadSync(paths, { keepCase: false, alternateCommentMode: true });
  root.resolveAll();
  loaded = root;
  return root;
}
