import type { Problem } from './result.ts';

/** A directory of the node that a replica sees: weights, caches, certificates. The node's own policy must allow it. */
export interface HostMount {
  /** Absolute path on the node. */
  readonly source: string;
  /** Absolute path inside the container. */
  readonly target: string;
  readonly readOnly: boolean;
}

const mountLimits = { mountsMax: 16, pathLengthMax: 1_024 } as const;

/** What a container gets from its engine, and would lose under a mount. */
const enginePaths = ['/dev', '/proc', '/sys'];

/** Every rule that mounts must obey whichever door they came through. Empty: they are well formed. */
export function checkMounts(mounts: readonly HostMount[]): readonly Problem[] {
  if (mounts.length > mountLimits.mountsMax) {
    return [bad('spec.mounts', `${mounts.length} mounts`, `at most ${mountLimits.mountsMax}`)];
  }
  const targets = new Set<string>();
  return mounts.flatMap(({ source, target }, at) => {
    const path = `spec.mounts.${at}`;
    const problems: Problem[] = [];
    if (!isPlainPath(source)) problems.push(noPath(`${path}.source`, source));
    if (!isPlainPath(target)) problems.push(noPath(`${path}.target`, target));
    else if (target === '/' || enginePaths.some((each) => isWithin(target, each))) {
      const hint = 'mount it elsewhere, such as /models';
      problems.push(bad(`${path}.target`, `${target} belongs to the container itself`, hint));
    } else if (targets.has(target)) {
      problems.push(
        bad(`${path}.target`, `${target} is mounted twice`, 'give each a target of its own'),
      );
    }
    targets.add(target);
    return problems;
  });
}

/** Whether `path` is `folder` or below it. Both are plain. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** Absolute, and said in one way only: what is compared with a policy must not hide behind `..`, `//` or `/./`. */
export function isPlainPath(path: string): boolean {
  if (!path.startsWith('/') || path.length > mountLimits.pathLengthMax) return false;
  // oxlint-disable-next-line no-control-regex -- a NUL would end the path for the kernel
  if (/[\u0000-\u001f]/.test(path)) return false;
  return (
    path === '/' ||
    path
      .slice(1)
      .split('/')
      .every((name) => name !== '' && name !== '.' && name !== '..')
  );
}

function noPath(path: string, found: string): Problem {
  const shown = JSON.stringify(found.slice(0, 80));
  return bad(path, `${shown} is no plain absolute path`, 'write it without .., // or a final /');
}

function bad(path: string, message: string, hint: string): Problem {
  return { code: 'MODEL_INVALID', path, message, hint };
}
