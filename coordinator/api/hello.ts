import { parseClusterId } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { problemError } from '../../shared/wire/unary.ts';
import type { Hello__Output } from '../../shared/wire/generated/tangram/link/v1/Hello.ts';
import type { Standing } from '../leader/standing.ts';

/** What this program speaks, oldest and newest. */
export const linkProtocol: { readonly oldest: number; readonly newest: number } = {
  oldest: 1,
  newest: 1,
};

/** Throws PEER_TOO_NEW, CLIENT_TOO_OLD. */
export function checkProtocol(version: number): void {
  const { oldest, newest } = linkProtocol;
  const here = oldest === newest ? `version ${newest}` : `versions ${oldest} to ${newest}`;
  const both = `the agent speaks link protocol ${version}, this coordinator ${here}`;
  if (version > newest) {
    throw new AppError('PEER_TOO_NEW', both, { hint: 'upgrade the coordinator before its agents' });
  }
  if (version < oldest) {
    throw new AppError('CLIENT_TOO_OLD', both, { hint: 'upgrade the agent' });
  }
}

/** null: it leads, and nobody else can. */
export function encodeStanding(standing: Standing | undefined) {
  if (standing === undefined) return null;
  const { leading, epoch, leader } = standing;
  return { leading, epoch, leader: leader ?? '' };
}

/** null: the agent belongs to none yet. Throws REQUEST_INVALID. */
export function clusterIdOf(hello: Hello__Output) {
  if (hello.clusterId === '') return null;
  const parsed = parseClusterId(hello.clusterId);
  if (parsed.ok) return parsed.value;
  throw problemError({ ...parsed.problem, path: 'hello.cluster_id' });
}
