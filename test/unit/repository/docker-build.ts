import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a stage of a Dockerfile came to. */
export interface Stage {
  /** The folder that stands for `/`. */
  root: string;
  workdir: string;
  env: Record<string, string>;
  user: string;
  /** CMD, ENTRYPOINT and the command of HEALTHCHECK, in exec form. */
  commands: Record<string, string[]>;
}

export interface Instruction {
  name: string;
  rest: string;
}

/** The instructions of a Dockerfile, without comments, continued lines joined. */
export function parseDockerfile(text: string): Instruction[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => {
      const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      return { name, rest };
    });
}

/**
 * Carries our own Dockerfile out without Docker: each stage is a folder below `scratch`, its base image is this machine
 * with the Node that runs this test. RUN so may only work in the folder of WORKDIR. Answers the last stage. Throws for
 * what it does not know, and for a file that .dockerignore would keep from Docker.
 */
export async function buildWithoutDocker(context: string, scratch: string): Promise<Stage> {
  const args: Record<string, string> = {};
  const stages = new Map<string, Stage>();
  const ignored = readIgnore(context);
  let stage: Stage | undefined;

  for (const { name, rest } of parseDockerfile(readFileSync(join(context, 'Dockerfile'), 'utf8'))) {
    if (name === 'ARG') {
      const [key = '', value = ''] = rest.split('=');
      args[key] = value;
    } else if (name === 'FROM') {
      stage = begin(rest, args, scratch, stages);
    } else if (stage) {
      await carryOut({ name, rest }, stage, { context, ignored, stages });
    } else {
      throw new Error(`${name} stands before FROM`);
    }
  }
  if (!stage) throw new Error('there is no FROM');
  return stage;
}

/** The stage's environment, with its paths where they really lie. */
export function environmentOf({ root, env }: Stage): NodeJS.ProcessEnv {
  const { HOME, PATH = '' } = process.env;
  const here = Object.entries(env).map(([key, value]) => [
    key,
    value.replaceAll(/(^|:)\/app/g, `$1${root}/app`).replace('$PATH', PATH),
  ]);
  return { HOME, PATH, ...Object.fromEntries(here) };
}

/** For RUN: also how this machine reaches npm's registry, but nothing of the test runner. */
function environmentOfRun(stage: Stage): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([key]) => !/^(NODE_ENV|VITEST|TEST$|IMAGEFLEET_)/.test(key));
  return { ...Object.fromEntries(own), ...environmentOf(stage) };
}

function begin(rest: string, args: Record<string, string>, scratch: string, stages: Map<string, Stage>): Stage {
  const [, image = '', name = `stage-${stages.size}`] = /^(\S+)(?: AS (\S+))?$/.exec(rest) ?? [];
  const base = image.replace(/\$\{(\w+)\}/, (_all, key: string) => args[key] ?? '');
  if (!base.startsWith(`node:${process.versions.node}-`)) {
    throw new Error(`FROM ${base}: this test runs Node ${process.versions.node}, so the image would be another one`);
  }
  const stage: Stage = { root: join(scratch, name), workdir: '/', env: {}, user: 'root', commands: {} };
  mkdirSync(stage.root, { recursive: true, mode: 0o755 });
  stages.set(name, stage);
  return stage;
}

interface Sources {
  context: string;
  ignored: (path: string) => boolean;
  stages: Map<string, Stage>;
}

async function carryOut({ name, rest }: Instruction, stage: Stage, sources: Sources): Promise<void> {
  switch (name) {
    case 'WORKDIR':
      stage.workdir = rest;
      mkdirSync(join(stage.root, rest), { recursive: true });
      return;
    case 'ENV': {
      const [key = '', value = ''] = rest.split('=');
      stage.env[key] = value;
      return;
    }
    case 'RUN':
      // What it says is in the error where it fails.
      await run('sh', ['-c', rest], { cwd: join(stage.root, stage.workdir), env: environmentOfRun(stage) });
      return;
    case 'COPY':
      return copy(rest, stage, sources);
    case 'USER':
      stage.user = rest;
      return;
    case 'CMD':
    case 'ENTRYPOINT':
      stage.commands[name] = JSON.parse(rest) as string[];
      return;
    case 'HEALTHCHECK':
      stage.commands[name] = JSON.parse(rest.slice(rest.indexOf('CMD') + 'CMD'.length)) as string[];
      return;
    case 'EXPOSE':
      return;
    default:
      throw new Error(`this test does not know ${name}`);
  }
}

function copy(rest: string, stage: Stage, { context, ignored, stages }: Sources): void {
  const [, from, words = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(rest) ?? [];
  const paths = words.split(' ');
  const to = paths.pop() ?? '';
  for (const path of paths) {
    const source = from === undefined ? join(context, path) : join(stages.get(from)?.root ?? '', path);
    const target = resolve(stage.root, `.${stage.workdir}`, to.endsWith('/') ? join(to, basename(path)) : to);
    cpSync(source, target, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => from !== undefined || file === source || !ignored(file.slice(context.length + 1)),
    });
    if (from === undefined && ignored(path)) throw new Error(`.dockerignore keeps ${path} from Docker`);
  }
}

/** Understands our own .dockerignore: everything but what is named, and some endings. */
function readIgnore(context: string): Sources['ignored'] {
  const lines = readFileSync(join(context, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'));
  if (lines.shift() !== '*') throw new Error('.dockerignore must begin with *');
  const wanted = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const endings = lines.filter((line) => line.startsWith('**/*')).map((line) => line.slice('**/*'.length));
  return (path) =>
    !wanted.some((one) => path === one || path.startsWith(`${one}/`)) || endings.some((end) => path.endsWith(end));
}
