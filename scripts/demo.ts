// Makes a repository with secrets in every carrier, then scans it, cleans it and proves it with the real command line: npm run demo
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { styleText } from 'node:util';
import { gzipSync } from 'node:zlib';
import { createTestRepository } from '../packages/testkit/src/index.ts';
import { builtInRules } from '../packages/secrets/src/index.ts';
import { createSampler } from '../packages/secrets/src/rules/sampler.ts';

const root = dirname(import.meta.dirname);
const binary = join(root, 'apps', 'cli', 'bin', 'deployguard.mjs');

const repository = createTestRepository();
plantSecrets();
await repository.git(['read-tree', '-m', '-u', 'HEAD']);

explain(`A small shop, with a secret in its files, in a deleted file, a merge, a message, a name, a tag, a note, a stash, a path, a branch,
an encoded text and an archive: ${repository.path}`);

explain('1. Find them: the whole history, not only what is checked out.');
deployguard(['scan', '--repo-path', repository.path], 1);

explain('2. Remove them: a new repository beside the old one, which stays as it is.');
deployguard(['clean', '--repo-path', repository.path, '--all', '--remove-path', 'backup/dump.sql.gz'], 0);

explain('3. Look again: nothing is left, and the signed proof holds.');
deployguard(['scan', '--repo-path', `${repository.path}.cleaned.git`], 0);
deployguard(['prove', '--repo-path', repository.path], 0);

explain(`Everything is in ${dirname(repository.path)}: look around, then delete it. Your own repository is next:

  npx deployguard scan --repo-path /path/to/repository`);

function plantSecrets(): void {
  repository.commit({
    message: 'Open the shop\n',
    files: {
      'README.md': '# Shop\n\nSells things.\n',
      'src/pay.js': `export const stripe = connect('${secret('stripe-secret-key', 1)}');\n`,
      'deploy/old.env': `AWS_ACCESS_KEY_ID=${secret('aws-access-key-id', 1)}\n`,
      [`uploads/${secret('github-personal-access-token', 1)}/logo.txt`]: 'logo\n',
    },
  });
  const second = repository.commit({
    message: 'Remove the old settings: nobody will ever see them\n',
    files: { 'deploy/old.env': undefined },
  });
  const main = repository.commit({
    message: `Connect the build\n\nIt works with ${secret('github-personal-access-token', 2)}\n`,
    author: `Build ${secret('npm-access-token', 1)} <build@example.com>`,
    files: {
      'deploy/secret.yaml': `data:\n  token: ${Buffer.from(secret('github-personal-access-token', 3)).toString('base64')}\n`,
      'backup/dump.sql.gz': gzipSync(`INSERT INTO keys VALUES ('${secret('aws-access-key-id', 2)}');\n`),
      'windows/settings.ini': Buffer.from(`\ufefftoken=${secret('github-personal-access-token', 4)}\r\n`, 'utf16le'),
    },
  });
  const side = repository.commit({
    message: 'Try another shelf\n',
    parents: [second],
    branch: 'shelf',
    files: { 'src/shelf.js': '// empty\n' },
  });
  repository.commit({
    message: 'Merge the shelf\n',
    parents: [main, side],
    files: { 'src/shelf.js': `export const key = '${secret('aws-access-key-id', 3)}';\n` },
  });
  repository.tag('v1.0', { target: main, message: `First release\n\nPublished with ${secret('npm-access-token', 2)}\n` });
  repository.note(main, `Reviewed; the token was ${secret('github-personal-access-token', 5)}\n`);
  repository.stash({ 'src/try.js': `const key = '${secret('aws-access-key-id', 4)}';\n` }, 'On main: trying');
  repository.updateRef(`refs/heads/fix-${secret('aws-access-key-id', 5)}`, side);
}

/** A token of the rule's form, out of one of its own examples. */
function secret(ruleId: string, seed: number): string {
  const rule = builtInRules.find(({ id }) => id === ruleId);
  if (!rule) throw new Error(`There is no rule ${ruleId}.`);
  const found = rule.expression.exec(rule.examples.matches[0]!(createSampler(`demo ${ruleId} ${seed}`)));
  return found!.groups?.['secret'] ?? found![0];
}

function explain(text: string): void {
  console.log(`\n${styleText('bold', text)}\n`);
}

function deployguard(args: readonly string[], expectedExit: number): void {
  console.log(styleText('dim', `$ deployguard ${args.join(' ')}`));
  const { status } = spawnSync(process.execPath, [binary, ...args], { stdio: 'inherit' });
  if (status === expectedExit) return;
  console.error(`This should have ended with ${expectedExit} and ended with ${status}: a fault in DeployGuard.`);
  process.exit(70);
}
