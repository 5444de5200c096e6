import type { LaidOutInstance } from '../../shared/domain/mig-layout.ts';
import type { MigProfile } from '../../shared/domain/mig-profile.ts';

/** An instance that somebody wishes for; without a start it may go anywhere. */
export interface WantedInstance {
  readonly profile: MigProfile;
  readonly start: number | null;
  readonly compute: LaidOutInstance['compute'];
}
