// To a real registry: npm run test:image. See test/an-engine.ts.
import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { findTestEngine, skipContainerTests, startTestRegistry } from '../../test/an-engine.ts';
import { pushSignature } from './push-signature.ts';
import { signImage } from './sign-image.ts';

const engine = findTestEngine();

if (engine !== undefined) {
  const { environment } = engine;
  const digest = `sha256:${'a1'.repeat(32)}`;

  test('a signature stands beside its image where cosign looks for it, once, beside those of others', { timeout: 120_000 }, async () => {
    using directory = createTemporaryDirectory();
    await using registry = await startTestRegistry();
    const image = { repository: `${registry.address}/apps/web`, digest };
    const [own, other] = [generateKeyPairSync('ec', { namedCurve: 'P-256' }), generateKeyPairSync('ed25519')];
    const push = (keys: typeof own) =>
      pushSignature(image, signImage(image, keys.privateKey), {
        publicKeys: [keys.publicKey],
        environment,
        workDirectory: directory.path,
      });
    const read = async (path: string): Promise<Buffer> =>
      Buffer.from(
        await (
          await fetch(`http://${registry.address}/v2/apps/web/${path}`, {
            headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
          })
        ).arrayBuffer(),
      );

    const pushes = [await push(other), await push(own), await push(own)];
    const manifest = JSON.parse((await read(`manifests/sha256-${'a1'.repeat(32)}.sig`)).toString()) as {
      layers: { mediaType: string; digest: string; annotations: Record<string, string> }[];
    };

    assert.deepEqual(pushes, [{ isPushed: true }, { isPushed: true }, { isPushed: true }]);
    assert.deepEqual(
      manifest.layers.map(({ mediaType }) => mediaType),
      ['application/vnd.dev.cosign.simplesigning.v1+json', 'application/vnd.dev.cosign.simplesigning.v1+json'],
    );
    for (const [index, keys] of [other, own].entries()) {
      const { digest: blob, annotations } = manifest.layers[index]!;
      const payload = await read(`blobs/${blob}`);
      const signature = Buffer.from(annotations['dev.cosignproject.cosign/signature']!, 'base64');
      assert.ok(verify(keys === own ? 'sha256' : null, payload, keys.publicKey, signature));
      assert.equal(
        (JSON.parse(payload.toString()) as { critical: { image: Record<string, string> } }).critical.image['docker-manifest-digest'],
        digest,
      );
    }
    assert.deepEqual(readdirSync(directory.path), []);
  });

  test('what cannot be read is not taken for what is not there: nothing is pushed over it', { timeout: 120_000 }, async () => {
    using directory = createTemporaryDirectory();
    const asked: string[] = [];
    // A registry that is out of order for a moment, and only for those who read.
    const server = createServer((request, response) => {
      asked.push(request.method!);
      const isRead = request.url!.includes('/manifests/') && ['GET', 'HEAD'].includes(request.method!);
      response.writeHead(isRead ? 500 : request.url === '/v2/' ? 200 : 404).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const image = { repository: `127.0.0.1:${(server.address() as AddressInfo).port}/apps/web`, digest };
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');

    const answer = await pushSignature(image, signImage(image, privateKey), {
      publicKeys: [publicKey],
      environment,
      workDirectory: directory.path,
    });
    server.close();

    assert.equal(answer.isPushed, false);
    assert.deepEqual(
      asked.filter((method) => method !== 'GET' && method !== 'HEAD'),
      [],
    );
    assert.ok(asked.length > 1);
  });

  test('what keeps a signature from its registry is said', { timeout: 120_000 }, async () => {
    using directory = createTemporaryDirectory();
    const registry = await startTestRegistry();
    const image = { repository: `${registry.address}/apps/web`, digest };
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    await registry.stop();
    const push = (path: string) =>
      pushSignature(image, signImage(image, privateKey), {
        publicKeys: [publicKey],
        environment: { ...environment, PATH: path },
        workDirectory: directory.path,
      });

    const answers = [await push(environment['PATH']!), await push('/nowhere')];
    await registry[Symbol.asyncDispose]();

    assert.match(JSON.stringify(answers[0]), /"isPushed":false,"reason":".*connection refused/);
    assert.deepEqual(answers[1], { isPushed: false, reason: 'skopeo is not installed' });
    assert.deepEqual(readdirSync(directory.path), []);
  });
} else skipContainerTests('pushing signatures');
