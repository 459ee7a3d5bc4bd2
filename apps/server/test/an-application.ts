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
