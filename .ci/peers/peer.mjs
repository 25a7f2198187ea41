// Validates documents with ajv or schemasafe. See main.go for the protocol.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [name, schemaPath, documentsPath, modules] = process.argv.slice(2);
const require = createRequire(modules + '/');
const schema = JSON.parse(readFileSync(schemaPath));
const text = readFileSync(documentsPath);
const documents = [];
for (let start = 0, end; (end = text.indexOf(10, start)) >= 0; start = end + 1) documents.push(text.subarray(start, end));

function compile() {
	if (name === 'ajv') {
		const ajv = new (require('ajv/dist/2020').default)({ strict: false });
		require('ajv-formats').default(ajv);
		return ajv.compile(schema);
	}
	return require('@exodus/schemasafe').validator(schema, { mode: 'default' });
}

const accepts = compile();
for await (const line of createInterface({ input: process.stdin })) {
	const count = Number(line);
	const began = process.cpuUsage();
	let valid = 0;
	for (let i = 0; i < count; i++) if (accepts(JSON.parse(documents[i].toString()))) valid++;
	const used = process.cpuUsage(began);
	process.stdout.write(`${valid} ${(used.user + used.system) * 1000}\n`);
}
