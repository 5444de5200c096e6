import { readFileSync } from 'node:fs';
import { readCertificate, rootOfChain, splitPem } from '../../shared/pki/certificates.ts';
import { userContextSchema } from '../../shared/pki/user-context.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { parseConfig } from '../../shared/platform/config-file.ts';
import { isAppError } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import { writePrivateFile } from '../../shared/platform/private-file.ts';
import type { Authority } from './authority.ts';
import { issueUserContext } from './user-certificate.ts';

/** A root that was staged issues from one second to the next, and may be retired soon after: the file must be ahead of that. */
const lookMs = 1_000;
/** Without news the file is read anew so often: the days pass, and somebody may have moved it. */
const readAnewMs = 60_000;
const renewBeforeMs = 45 * 86_400_000;
export const adminName = 'admin';

export interface AdminFileDeps {
  readonly path: string;
  readonly authority: Authority;
  readonly coordinators: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Sees to it that the file with the administrator's credential is usable: made at the first start, and anew when its
 * certificate is half over, was revoked, rests on an older root, or belongs to another cluster.
 */
export async function writeAdminFile(deps: AdminFileDeps): Promise<void> {
  const { path, authority, coordinators, log } = deps;
  if (isCurrent(deps)) return;
  const { text } = await issueUserContext(authority, adminName, coordinators);
  writePrivateFile(path, text);
  log.info({ path }, 'wrote the credential of the administrator');
}

/** Looks after the file until `signal` aborts. */
export async function keepAdminFile(deps: AdminFileDeps, signal: AbortSignal): Promise<void> {
  const { authority, clock, log } = deps;
  let news = true;
  const stop = authority.onChange(() => {
    news = true;
  });
  let trust = authority.trust();
  let readAtMs = 0;
  while (!signal.aborted) {
    await clock.sleep(lookMs, signal).catch(() => undefined);
    if (signal.aborted) break;
    const now = authority.trust();
    const nowMs = clock.monotonicMs();
    if (!news && now === trust && nowMs - readAtMs < readAnewMs) continue;
    [news, trust, readAtMs] = [false, now, nowMs];
    await writeAdminFile(deps).catch((error: unknown) => {
      news = true;
      log.error({ err: error }, 'cannot renew the credential of the administrator');
    });
  }
  stop();
}

function isCurrent({ path, authority, coordinators, clock }: AdminFileDeps): boolean {
  try {
    const found = parseConfig(readFileSync(path, 'utf8'), path, userContextSchema);
    const { certificate = '', ca } = found;
    const facts = readCertificate(certificate);
    const { roots, issuing } = authority.trust();
    if (!facts.ok || facts.value.identity.cluster !== authority.clusterId) return false;
    const issuers = authority.roots().filter(({ keyDigest }) => keyDigest === issuing);
    return (
      facts.value.notAfterMs - clock.wallMs() > renewBeforeMs &&
      !authority.isRevoked(facts.value) &&
      rootOfChain(
        splitPem(certificate),
        issuers.map((root) => root.certificate),
      ) !== undefined &&
      splitPem(ca).join('') === roots.join('') &&
      found.coordinators.join() === coordinators.join()
    );
  } catch (error) {
    // Not there, or not usable: either way it is written.
    if (isAppError(error, 'CONFIG_INVALID')) return false;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
