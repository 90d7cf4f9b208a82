import type { Actor, Role } from '@bihuan/domain/access';

/** The signed-in person behind a request, in the post chosen for the session. */
export interface RequestActor extends Actor {
  readonly accountId: string;
  readonly sessionId: string;
  readonly postingId: string;
  readonly name: string;
  readonly unitName: string;
  readonly role: Role;
  readonly ip: string | null;
}
