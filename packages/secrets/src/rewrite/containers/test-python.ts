import { execFileSync } from 'node:child_process';

/** For tests: an independent reader and writer of containers. The script finds `data` (bytes from standard input) and gives bytes with `give`. */
export function runPython(script: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const frame = [
    'import io, sys, json, zipfile, tarfile, gzip, zlib',
    'data = sys.stdin.buffer.read()',
    'def give(result):',
    '    sys.stdout.buffer.write(result if isinstance(result, bytes) else json.dumps(result).encode())',
  ].join('\n');
  return execFileSync('python3', ['-c', `${frame}\n${script}`], { input: data, maxBuffer: 2 ** 28 });
}
