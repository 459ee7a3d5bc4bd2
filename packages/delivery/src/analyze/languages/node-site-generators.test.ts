import test from 'node:test';
import { aPackage } from '../../../test/a-tree.ts';
import { assertRecognised, type RecognitionCase } from '../../../test/recognition-case.ts';

const cases: Readonly<Record<string, RecognitionCase>> = {
  'Docusaurus, whose start script is for developers': {
    files: {
      'package.json': aPackage({
        scripts: { start: 'docusaurus start', build: 'docusaurus build' },
        dependencies: { '@docusaurus/core': '3', 'react-dom': '19' },
      }),
    },
    expected: { framework: 'docusaurus', buildCommand: 'npm run build', startCommand: undefined, staticOutput: 'build' },
  },
  'Eleventy that is told where to write': {
    files: {
      'package.json': aPackage({
        scripts: { start: 'eleventy --config=e.js --serve', build: 'eleventy --config=e.js --output=out' },
        devDependencies: { '@11ty/eleventy': '3' },
      }),
    },
    expected: { framework: 'eleventy', startCommand: undefined, staticOutput: 'out' },
  },
  'Eleventy whose settings say where it writes': {
    files: {
      'package.json': aPackage({ scripts: { build: 'eleventy' }, devDependencies: { '@11ty/eleventy': '3' } }),
      '.eleventy.js': "module.exports = (config) => ({\n  // dir: { output: 'old' },\n  dir: { input: 'src', output: './www/' },\n});\n",
    },
    expected: { framework: 'eleventy', staticOutput: 'www' },
  },
  'Eleventy whose settings are exported': {
    files: {
      'package.json': aPackage({ scripts: { build: 'eleventy' }, devDependencies: { '@11ty/eleventy': '3' } }),
      'eleventy.config.mjs': 'export const config = { "dir": {\n  includes: "_i",\n  "output": "dist",\n} };\n',
    },
    expected: { framework: 'eleventy', staticOutput: 'dist' },
  },
  'Eleventy whose settings call for a folder': {
    files: {
      'package.json': aPackage({ scripts: { build: 'eleventy' }, devDependencies: { '@11ty/eleventy': '3' } }),
      'eleventy.config.cjs': "module.exports = (config) => { config.setOutputDirectory('build/site'); };\n",
    },
    expected: { framework: 'eleventy', staticOutput: 'build/site' },
  },
  'Eleventy with settings of another name': {
    files: {
      'package.json': aPackage({ scripts: { build: 'eleventy --config=site.js' }, devDependencies: { '@11ty/eleventy': '3' } }),
      'site.js': "module.exports = () => ({ dir: { output: 'out' } });\n",
    },
    expected: { framework: 'eleventy', staticOutput: 'out' },
  },
  'Eleventy that is told something else than its settings say': {
    files: {
      'package.json': aPackage({ scripts: { build: 'eleventy --output=out' }, devDependencies: { '@11ty/eleventy': '3' } }),
      'eleventy.config.js': "export default () => ({ dir: { output: 'dist' } });\n",
    },
    expected: { framework: 'eleventy', staticOutput: 'out' },
  },
  'VitePress beside its pages': {
    files: {
      'package.json': aPackage({
        scripts: { 'docs:dev': 'vitepress dev docs', build: 'vitepress build docs' },
        devDependencies: { vitepress: '1' },
      }),
    },
    expected: { framework: 'vitepress', startCommand: undefined, staticOutput: 'docs/.vitepress/dist' },
  },
  'VuePress without a folder': {
    files: { 'package.json': aPackage({ scripts: { build: 'vuepress build' }, devDependencies: { vuepress: '1' } }) },
    expected: { framework: 'vuepress', staticOutput: '.vuepress/dist' },
  },
  'Hexo with a folder of its own': {
    files: {
      'package.json': aPackage({ scripts: { build: 'hexo generate', server: 'hexo server' }, dependencies: { hexo: '7' } }),
      '_config.yml': 'title: x\npublic_dir: pages\n',
    },
    expected: { framework: 'hexo', startCommand: undefined, staticOutput: 'pages' },
  },
  'Vue CLI, whose entry is for browsers': {
    files: {
      'package.json': aPackage({
        scripts: { serve: 'vue-cli-service serve', build: 'vue-cli-service build' },
        dependencies: { vue: '3' },
        devDependencies: { '@vue/cli-service': '5' },
      }),
      'src/main.js': "createApp(App).mount('#app')",
      'vue.config.js': "module.exports = { outputDir: 'web' }",
    },
    expected: { framework: 'vue-cli', startCommand: undefined, staticOutput: 'web' },
  },
  'documentation beside a server': {
    files: {
      'package.json': aPackage({
        scripts: { start: 'node app.js', 'docs:build': 'vitepress build docs' },
        dependencies: { express: '5' },
        devDependencies: { vitepress: '1' },
      }),
    },
    expected: { framework: 'express', startCommand: 'npm run start', staticOutput: undefined },
  },
};

for (const [name, aCase] of Object.entries(cases)) {
  test(`${name} is recognised`, () => assertRecognised(aCase));
}
