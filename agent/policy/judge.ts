import { isPlainPath, isWithin, type HostMount } from '../../shared/domain/host-mount.ts';
import type { RuntimeKind } from '../../shared/domain/inventory.ts';
import type { Workload } from '../../shared/domain/model.ts';
import type { NodePolicy } from './policy.ts';
import { fullImageName } from './image-name.ts';

/**
 * Why this node's policy does not let a workload start as `runtime`: one line that names the rule. null: it may.
 * Pure. The first rule that refuses is told.
 */
export function policyRefusal(
  workload: Workload,
  runtime: RuntimeKind,
  policy: NodePolicy,
): string | null {
  const env = Object.keys(workload.env).find((name) => matchesAny(name, policy.env.deny));
  if (env !== undefined) return refused(`the variable ${env}`, 'env.deny');
  return runtime === 'process'
    ? processRefusal(policy)
    : (imageRefusal(workload.image, policy) ??
        mountRefusal(workload.mounts, policy) ??
        (workload.writableRoot && policy.writableRoot === 'deny'
          ? refused('a writable root file system', 'writableRoot')
          : null));
}

function processRefusal({ processRuntime }: NodePolicy): string | null {
  return processRuntime === 'allow' ? null : refused('plain processes', 'processRuntime');
}

function imageRefusal(image: string | null, { images }: NodePolicy): string | null {
  if (image === null) return null;
  const named = fullImageName(image);
  if (named === null) return refused(`what is no image reference: ${image}`, 'images.allow');
  if (images.requireDigest && named.digest === null) {
    return refused(`an image without its digest (${image})`, 'images.requireDigest');
  }
  // An image is asked for by its tag or by its digest; a pattern may be about either.
  const names = [named.name, named.digest].filter((name) => name !== null);
  return names.some((name) => matchesAny(name, images.allow))
    ? null
    : refused(`the image ${named.name}`, 'images.allow');
}

function mountRefusal(mounts: readonly HostMount[], policy: NodePolicy): string | null {
  const { readOnly, writable } = policy.mounts;
  for (const mount of mounts) {
    // What a coordinator has checked, this node has not.
    if (!isPlainPath(mount.source)) return refused(`the detour ${mount.source}`, 'mounts');
    const folders = mount.readOnly ? [...readOnly, ...writable] : writable;
    if (folders.some((folder) => isWithin(mount.source, folder))) continue;
    const how = mount.readOnly ? 'to read' : 'to write';
    return refused(
      `the directory ${mount.source} ${how}`,
      mount.readOnly ? 'mounts.readOnly' : 'mounts.writable',
    );
  }
  return null;
}

function refused(what: string, rule: string): string {
  return `the policy of this node does not allow ${what} (${rule})`;
}

/** `*` stands for any text, slashes and colons included. */
function matchesAny(text: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matches(text, pattern.split('*')));
}

/** Each part in its turn, the first at the start and the last at the end: linear, whatever the owner writes. */
function matches(text: string, [first = '', ...rest]: readonly string[]): boolean {
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.endsWith(last) && text.length - last.length >= from;
}
