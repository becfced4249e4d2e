// Brings the browser libraries named in package.json into wwwroot/lib. Run by the build (see Portal.Web.csproj);
// the notices are written last, so a half-finished run is repeated.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const web = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(web);
const modules = path.join(root, 'node_modules');
const lib = path.join(web, 'wwwroot', 'lib');

const installed = path.join(modules, '.package-lock.json');
if (!fs.existsSync(installed) || fs.statSync(installed).mtimeMs < fs.statSync(path.join(root, 'package-lock.json')).mtimeMs) {
  execFileSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
}

const { build } = await import(pathToFileURL(path.join(modules, 'esbuild', 'lib', 'main.js')));
const copy = (from, to) => fs.cpSync(path.join(modules, from), path.join(lib, to), { recursive: true });
const bundle = (contents, to) => build({
  stdin: { contents, resolveDir: root },
  outfile: path.join(lib, to), bundle: true, format: 'esm', minify: true, target: 'es2022', legalComments: 'eof', logLevel: 'error'
});

fs.rmSync(lib, { recursive: true, force: true });

await bundle('export * from "leaflet/dist/leaflet-src.esm.js";', 'leaflet/leaflet.js');
copy('leaflet/dist/leaflet.css', 'leaflet/leaflet.css');
copy('leaflet/dist/images', 'leaflet/images');

copy('bpmn-js/dist/assets', 'bpmn-js/assets');
copy('bpmn-js-token-simulation/assets', 'bpmn-js/token-simulation');
await bundle('export { default } from "bpmn-js/lib/Modeler";', 'bpmn-js/modeler.js');
await bundle('export { default } from "bpmn-js/lib/NavigatedViewer";', 'bpmn-js/viewer.js');
await bundle('export { default as modeler } from "bpmn-js-token-simulation"; export { default as viewer } from "bpmn-js-token-simulation/lib/viewer";', 'bpmn-js/token-simulation.js');
await bundle('export { layoutProcess } from "bpmn-auto-layout";', 'bpmn-js/auto-layout.js');

const { dependencies } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const notices = Object.keys(dependencies).sort().map(name => {
  const folder = path.join(modules, name);
  const { version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const text = fs.readdirSync(folder).find(file => /^licen[cs]e/i.test(file));
  return `${name} ${version} (${license})\n\n${text ? fs.readFileSync(path.join(folder, text), 'utf8') : ''}`;
});
fs.writeFileSync(path.join(lib, 'NOTICES.txt'), notices.join('\n\n'));
