import { statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../shared/platform/errors.ts';
import { readConfigFile } from '../../shared/platform/config-file.ts';
import { defaultPolicy, policySchema, type NodePolicy } from './policy.ts';

const groupOrOthersWrite = 0o022;
const sticky = 0o1000;

/**
 * The policy in `path`; where there is no such file, the default one if `optional`.
 * Throws CONFIG_INVALID for a file that somebody else than the owner of this agent (root, where it runs as root) could
 * have written: a policy that others may change is none.
 */
export function readPolicy(path: string, { optional }: { readonly optional: boolean }): NodePolicy {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined && optional) return defaultPolicy;
  if (file !== undefined) {
    checkOwner(path, file);
    checkOwner(dirname(path), statSync(dirname(path)));
  }
  return readConfigFile(path, policySchema);
}

function checkOwner(path: string, found: Stats): void {
  const self = process.geteuid?.() ?? 0;
  if (found.uid !== 0 && found.uid !== self) {
    throw new AppError('CONFIG_INVALID', `${path} belongs to user ${found.uid}, not to root`, {
      hint: `chown root ${path}: whoever owns it decides what runs on this host`,
    });
  }
  // In a directory such as /tmp nobody can replace what is not his.
  const replaceable = found.isFile() || (found.mode & sticky) === 0;
  if (replaceable && (found.mode & groupOrOthersWrite) !== 0) {
    throw new AppError('CONFIG_INVALID', `${path} can be written by others than its owner`, {
      hint: `chmod go-w ${path}: whoever writes it decides what runs on this host`,
    });
  }
}
