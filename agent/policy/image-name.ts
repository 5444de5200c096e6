import { parseFamiliarName } from '@swimlane/docker-reference';

/**
 * An image reference with everything said: `redis` is `docker.io/library/redis:latest`. `name` is without the digest,
 * which is null where there is none; null for what is no reference.
 */
export function fullImageName(
  reference: string,
): { readonly name: string; readonly digest: string | null } | null {
  try {
    const { repositoryUrl, tag, digest } = parseFamiliarName(reference);
    // With a digest, a tag that is not given is not `latest`.
    const version = tag ?? (digest === undefined ? 'latest' : null);
    return {
      name: version === null ? repositoryUrl : `${repositoryUrl}:${version}`,
      digest: digest ?? null,
    };
  } catch {
    return null;
  }
}
