import { projectName } from "../../../config/stack";
import type { Reporter } from "../../../tools/report/reporter";
import { type Problem, UserError } from "../../../tools/user-error";
import type { LastUpdate } from "../unsaved/last-update";
import { backendFolder, stackPaths } from "./folder";
import { repairBackend } from "./repair";
import { requireRoom } from "./room";

/** What the engine writes to while it works on a stack. */
export interface EnginePlaces {
  /** The folder with Pulumi.yaml. */
  readonly workDir: string;
  /** Names the backend and the engine's home. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A stack's files on this machine: whether there is room for them, and whether they are whole. */
export class StackFiles {
  /** Since when there may be objects that the state does not know, since it had to be restored. */
  public restoredSince: Date | undefined;
  /** Of the file backend; undefined where the state is elsewhere. */
  private readonly backend: string | undefined;

  public constructor(
    private readonly stack: string,
    private readonly places: EnginePlaces,
    private readonly lastUpdate: LastUpdate | undefined,
    private readonly reporter: Reporter,
  ) {
    this.backend = backendFolder(places.environment.PULUMI_BACKEND_URL, places.workDir);
  }

  /** @param what is about to begin, for the message. @throws UserError where a folder that it writes to has too little room. */
  public requireRoom(what: string): void {
    const { backend, stack } = this;
    const { workDir, environment } = this.places;
    const state = backend === undefined ? undefined : stackPaths(backend, projectName, stack).state;
    requireRoom(what, { project: workDir, backend, state, home: environment.PULUMI_HOME });
  }

  /**
   * Puts in order what a full disk has left.
   *
   * @returns whether the state was whole. @throws UserError where no copy of a broken one is.
   */
  public repair(): boolean {
    if (this.backend === undefined) return true;
    const { notes, since } = repairBackend(this.backend, projectName, this.stack, this.lastUpdate?.known());
    for (const note of notes) this.reporter.note(note);
    this.restoredSince ??= since;
    return since === undefined;
  }

  /**
   * The same at once after the engine has failed, so that plain `pulumi` has a whole state.
   *
   * @returns what is wrong with the state still.
   */
  public repairAfterFailure(): readonly Problem[] {
    try {
      // The engine has saved all that it did.
      if (this.repair()) this.lastUpdate?.over();
      return [];
    } catch (error) {
      if (error instanceof UserError) return error.problems;
      throw error;
    }
  }
}
