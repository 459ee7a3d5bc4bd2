// An application that tries what is not its business, and answers with what came of it.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { FILES, VICTIM, SECRET, PORT } = process.env;
const secret = Buffer.from(SECRET, 'base64');

const outcomes = {
  ...Object.fromEntries(Object.entries(JSON.parse(FILES)).map(([name, path]) => [name, attempt(() => readFileSync(path))])),
  environments: readdirSync('/proc').some(holdsSecret) ? 'done' : 'nothing',
  signal: attempt(() => process.kill(Number(VICTIM), 0)),
  own: attempt(() => writeFileSync('hostile.mjs', 'changed')),
};
createServer((_, response) => response.end(JSON.stringify(outcomes))).listen(Number(PORT));

function attempt(act) {
  try {
    act();
    return 'done';
  } catch (error) {
    return error.code;
  }
}

function holdsSecret(name) {
  try {
    return readFileSync(`/proc/${name}/environ`).includes(secret);
  } catch {
    return false;
  }
}
