import type { Answer } from './answer.ts';
import type { Project } from './project.ts';

const maxCommandLength = 2000;

/** Options of servers, whatever their language, and the variable that most of them read. */
const option =
  /(?:\s['"]?(?:-p|-b|-S|--(?:http[-.])?port|--server\.port|--bind|--listen|--addr(?:ess)?|--http)(?:\s|=)|-Dserver\.port=|(?:^|\s)(?:-D)?PORT=)['"]?(?:[\w.*[\]-]{0,60}:)?(\d{2,5})(?=['"\s]|$)/;

/** Where a Dockerfile or a Procfile tells what it starts to listen. */
export function findCommandPort(start: Answer<string> | undefined): Answer<number> | undefined {
  if (start === undefined || !/^(?:dockerfile-command|procfile|compose-command)$/.test(start.rule)) return undefined;
  const port = option.exec(start.value.slice(0, maxCommandLength))?.[1];
  return port === undefined ? undefined : { ...start, value: Number(port), rule: 'command-port-option' };
}

/** What examples of variables call the port of an application. */
const portVariable = /^(?:export )?((?:(?:APP|SERVER|HTTP|API|WEB|BACKEND|LISTEN|SERVICE)_)?PORT)=["']?(\d{2,5})\b/gm;

/** The port that an example file names, of a variable that code reads. */
export function findExamplePort(project: Project, envVars: readonly Answer<string>[]): Answer<number> | undefined {
  const read = new Set(envVars.filter(({ rule, confidence }) => rule === 'env-read' && confidence === 'high').map(({ value }) => value));
  for (const file of ['.env.example', '.env.sample', '.env.template', '.env.dist', 'env.example', 'example.env']) {
    const [match, ...others] = [...(project.text(file) ?? '').matchAll(portVariable)].filter(([, name]) => read.has(name!));
    if (match !== undefined && others.length === 0)
      return project.answer(Number(match[2]), { rule: 'env-example-port', confidence: 'medium', file, at: match[0] });
  }
  return undefined;
}
