import { assert } from '../../shared/domain/assert.ts';
import { parseClusterId, type ClusterId } from '../../shared/domain/ids.ts';

/** The cluster of a node that takes its orders at its own socket. No coordinator bears this name: theirs are random. */
export const localClusterId: ClusterId = (() => {
  const parsed = parseClusterId('local');
  assert(parsed.ok, 'the name of the local cluster is a cluster id');
  return parsed.value;
})();
