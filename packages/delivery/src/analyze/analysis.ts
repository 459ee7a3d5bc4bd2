import type { Answer } from './answer.ts';

/** What was found about one application. A field that is absent could not be worked out; it was not guessed. */
export interface Facts {
  readonly language?: Answer<string>;
  readonly framework?: Answer<string>;
  /** Of the language; as it is written, so it may be a range. */
  readonly version?: Answer<string>;
  readonly packageManager?: Answer<string>;
  /** Commands are lines for a shell, run in the root of the application; `$PORT` is the port to listen on. */
  readonly installCommand?: Answer<string>;
  readonly buildCommand?: Answer<string>;
  readonly startCommand?: Answer<string>;
  readonly port?: Answer<number>;
  /** Run once before a release serves, such as a migration of the database. */
  readonly releaseCommand?: Answer<string>;
  readonly healthPath?: Answer<string>;
  /** Folder that the build leaves behind for a server of files: there is no process to start. */
  readonly staticOutput?: Answer<string>;
}

export type Field = keyof Facts | 'root';

/** A question that the repository answers in several ways. */
export interface Ambiguity {
  readonly field: Field;
  /** What is unclear and how to decide it. */
  readonly message: string;
  readonly choices: readonly Answer<string>[];
}

/** Something about a file that the reader should know. */
export interface Note {
  readonly file?: string;
  readonly message: string;
}

export interface ProcessType {
  readonly name: string;
  readonly command: string;
}

/** What an application probably needs at first, in the units of Kubernetes. */
export interface Resources {
  readonly cpu: string;
  readonly memory: string;
}

export type Assets = Required<Pick<Facts, 'language' | 'buildCommand'>> & Pick<Facts, 'version' | 'packageManager' | 'installCommand'>;

/** Everything that was worked out about a tree. */
export interface Analysis extends Facts {
  /** Folder of the application, from the top of the tree; empty for the top itself. */
  readonly root: Answer<string>;
  readonly dockerfile?: Answer<string>;
  /** What Node builds for an application in another language, after its installation and before its own build. */
  readonly assets?: Assets;
  readonly processes: readonly Answer<ProcessType>[];
  /** Names of environment variables, where each is read first. Values are never told. */
  readonly envVars: readonly Answer<string>[];
  /** Servers that it wants beside it: `postgresql`, `redis` … */
  readonly services: readonly Answer<string>[];
  readonly resources?: Answer<Resources>;
  readonly ambiguities: readonly Ambiguity[];
  readonly notes: readonly Note[];
}

/** A note about how a detector would start or build the application: it is told where that counts. */
export interface Remark extends Required<Note> {
  readonly about: 'start' | 'build';
}

/** What a detector of a language says. */
export interface Detection extends Facts {
  readonly language: Answer<string>;
  readonly remarks?: readonly Remark[];
  readonly services?: readonly Answer<string>[];
  readonly ambiguities?: readonly Ambiguity[];
  /** It is an application, although something is missing to start it. */
  readonly isIncomplete?: boolean;
  /** Its manifest only names what developers use. */
  readonly isOnlyTools?: boolean;
  /** What counts instead in the image of a Dockerfile, where the files are not that the language's own build makes. */
  readonly ofImage?: Pick<Facts, 'releaseCommand'>;
}
