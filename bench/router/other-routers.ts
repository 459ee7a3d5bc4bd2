import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from '@deployguard/testkit';

export interface OtherRouter {
  readonly name: string;
  readonly port: number;
  stop(): void;
}

interface Program {
  readonly name: string;
  readonly args: (settings: string) => readonly string[];
  /** One process, connections to the application kept, answers in large pieces: what each is fastest with for both sizes. */
  readonly settings: (ports: { readonly listen: number; readonly application: number }, directory: string) => string;
}

const programs: readonly Program[] = [
  {
    name: 'haproxy',
    args: (settings) => ['-db', '-f', settings],
    // Answers pass in the kernel (splicing) as far as it can: https://docs.haproxy.org/2.6/configuration.html#4-option%20splice-response
    settings: ({ listen, application }) => `global
  nbthread 1
  tune.pipesize 1048576
  tune.bufsize 65536
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option splice-auto
  option splice-response
  http-reuse always
listen bench
  bind 127.0.0.1:${listen}
  server application 127.0.0.1:${application}
`,
  },
  {
    name: 'nginx',
    args: (settings) => ['-c', settings, '-e', 'stderr', '-g', 'daemon off;'],
    settings: ({ listen, application }, directory) => `worker_processes 1;
pid ${join(directory, 'nginx.pid')};
events {}
http {
  access_log off;
  upstream application { server 127.0.0.1:${application}; keepalive 32; }
  server {
    listen 127.0.0.1:${listen};
    location / {
      proxy_pass http://application;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffer_size 64k;
      proxy_buffers 16 64k;
      proxy_max_temp_file_size 0;
    }
  }
}
`,
  },
];

/** HAProxy and nginx in front of the application, those of them that are installed. */
export async function startOtherRouters(application: number, directory: string): Promise<readonly OtherRouter[]> {
  const started: OtherRouter[] = [];
  for (const { name, args, settings } of programs) {
    const port = await findFreePort();
    const file = join(directory, `${name}.conf`);
    writeFileSync(file, settings({ listen: port, application }, directory));
    const child = spawn(name, args(file), { stdio: ['ignore', 'ignore', 'ignore'] });
    child.on('error', () => {});
    const hasEnded = (): boolean => child.pid === undefined || child.exitCode !== null;
    while (!hasEnded() && !(await listens(port))) await delay(50);
    if (!hasEnded()) started.push({ name, port, stop: () => child.kill() });
  }
  return started;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
