// `npm start`: installs and builds what is missing, then starts a local cluster. See launcher.ts.
import { build } from '../build/compile.mjs';
import { ensureInstalled } from '../build/install.mjs';
import { inRoot } from '../build/paths.mjs';

await ensureInstalled();
const code = await build();
if (code !== 0) process.exit(code);
const { launch } = await import(inRoot('dist/packaging/start/launcher.js'));
process.exit(await launch(inRoot(), process.argv.slice(2)));
