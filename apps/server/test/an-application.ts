/** The files of an application that says its version, and what stands in the variable GREETING. */
export function anApplication(
  version: string,
  { setup = '', answer = '', listen = 'server.listen(process.env.PORT)' } = {},
): Record<string, string> {
  const about = { name: 'app', version: '1.0.0' };
  return {
    'package.json': JSON.stringify({ ...about, scripts: { start: 'node server.js' } }),
    'package-lock.json': JSON.stringify({ ...about, lockfileVersion: 3, packages: { '': about } }),
    'server.js': `
      ${setup}
      const server = require('node:http').createServer((request, response) => {
        ${answer}
        response.end('${version} ' + (process.env.GREETING ?? ''));
      });
      ${listen};
    `,
  };
}

/** How such an application is deployed when npm, which takes longer than all else, is not what is tested, on a machine that may be busy. */
export const quickly = {
  install_command: 'true',
  start_command: 'exec node server.js',
  health: { path: '/', attempts: 600, interval_seconds: 0.2 },
};
