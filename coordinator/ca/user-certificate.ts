import { makeKeyRequest } from '../../shared/pki/key-proof.ts';
import { renderContext, type UserContext } from '../../shared/pki/user-context.ts';
import type { Authority } from './authority.ts';

/** A person's certificate lasts a quarter; taking the user away ends it at once. */
export const userLifeMs = 90 * 86_400_000;

/**
 * A key and a certificate for a user, as the text of a context file for `tangram --config`. `name` is a DNS label.
 * The key is made here and kept nowhere else.
 */
export async function issueUserContext(
  authority: Authority,
  name: string,
  coordinators: readonly string[],
): Promise<{ readonly text: string; readonly notAfterMs: number }> {
  const { publicKey, privateKeyPem } = makeKeyRequest(name);
  const issued = await authority.issue({ kind: 'user', name }, { publicKey, lifeMs: userLifeMs });
  const context: UserContext = {
    cluster: authority.clusterId,
    user: name,
    coordinators: [...coordinators],
    ca: authority.trust().roots.join(''),
    certificate: issued.chainPem,
    key: privateKeyPem,
  };
  return { text: renderContext(context), notAfterMs: issued.notAfterMs };
}
