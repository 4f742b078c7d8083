import { NexaError, type OperationName, type Session } from "nexa-crm";

/** Why operations on a record are refused now; the others are allowed. */
export interface Permissions {
  refused: Readonly<Record<string, NexaError | undefined>>;
}

/** The kinds whose records are explained here. */
export type Explained = "lead" | "deal" | "contact" | "ticket";

/** Asks what may be done. Operations that need nothing but the record are tried as well, without doing them. */
export async function permissions(session: Session, kind: Explained, record: string, tried: OperationName[] = []): Promise<Permissions> {
  const explained = await session.explain(kind, record);
  const refused: Record<string, NexaError | undefined> = { ...explained.refused };
  const dry = session.with({ dry_run: true });
  const trials = tried.filter((operation) => !refused[operation]).map(async (operation) => {
    try {
      await dry.execute(operation, { [kind]: record } as never);
    } catch (error) {
      if (error instanceof NexaError) refused[operation] = error;
    }
  });
  await Promise.all(trials);
  return { refused };
}
