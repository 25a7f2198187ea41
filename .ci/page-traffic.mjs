// Writes made-up traffic and models for .ci/page into a folder.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = process.argv[2];
const write = (name, text) => writeFileSync(`${folder}/${name}`, text);
const exchange = (url, status, body, headers = {}) => JSON.stringify({
  crcheckInteraction: 1, request: { method: 'GET', url: `https://shed.us-east-1.amazonaws.com${url}` },
  response: { status, headers: { 'Content-Type': ['application/json'], ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) },
});
const lines = list => list.join('\n') + '\n';

// Names and values that would break a page that escapes too little.
const hostile = ['</script><script>alert(1)</script>', '"\' onload=alert(1) x="', '<img src=x onerror=alert(1)>', '\u202egnp.exe', '\u0000\u001b[31mred', '{{.Title}}', ']]>-->', 'x'.repeat(2000)];

const tools = [];
for (let i = 0; i < 40; i++) {
  tools.push(exchange(`/tools/${i}`, 200, { tool: { name: 'saw', weight: i % 4 ? i : String(i), state: i % 5 ? 'USED' : 'LOST', tags: i % 3 ? ['wood'] : [] } }));
}
tools.push(exchange('/tools/a', 200, { tool: { weight: 1.5, colour: 'red', part: { blade: 'b', handle: 'h' } } }));
tools.push(exchange('/tools/b', 404, { message: 'none' }, { 'X-Amzn-Errortype': ['NoToolException'] }));
tools.push(exchange('/tools/c', 418, { message: 'teapot' }, { 'X-Amzn-Errortype': ['TeapotException'] }));
tools.push(exchange('/tools/d', 200, '{"tool": {"name": '));
tools.push(exchange('/unknown', 200, {}));
mkdirSync(`${folder}/recordings`);
write('recordings/tools.ndjson', lines(tools));
write('good.ndjson', lines([exchange('/tools/1', 200, { tool: { name: 'saw' } })]));
write('recordings/hostile.ndjson', lines(hostile.map(text => exchange('/tools/1', 200, { tool: { name: 'saw', state: text, [text]: text, labels: { [text]: 7 } } }))));
write('recordings/README.md', 'not traffic\n');
write('ignore.yaml', `- rule: member.unknown
  at: /tool/colour
  reason: our emulator adds a colour
- rule: member.unknown
  at: /tool/size
  reason: fixed since
- rule: http.status
  at: "*"
  expires: 2020-01-01
  reason: the teapot goes away next week
`);

// A newer model: a member that became required, another type, an enum value less and a new one.
const model = JSON.parse(readFileSync('internal/coverage/testdata/shed.json', 'utf8'));
model.metadata.uid = 'shed-2021-01-01';
model.shapes.Tool.required = ['name', 'state'];
model.shapes.Weight = { type: 'string' };
model.shapes.State.enum = ['NEW', 'LOST'];
delete model.shapes.Part.members.handle;
delete model.operations.GetPicture;
model.operations.GetRake = { name: 'GetRake', http: { method: 'GET', requestUri: '/rakes/{id}' }, input: { shape: 'GetToolInput' }, output: { shape: 'GetToolOutput' } };
write('new.json', JSON.stringify(model));

// 10,000 findings of 10,000 causes, the worst case for a page.
const members = Array.from({ length: 10_000 }, (_, i) => `member${i}`);
model.operations = { GetMany: { name: 'GetMany', http: { method: 'GET', requestUri: '/many' }, output: { shape: 'Many' } } };
model.shapes = { Many: { type: 'structure', members: Object.fromEntries(members.map(m => [m, { shape: 'Text' }])) }, Text: { type: 'string' } };
write('many.json', JSON.stringify(model));
write('many.ndjson', lines(Array.from({ length: 100 }, (_, i) => exchange('/many', 200, Object.fromEntries(members.slice(i * 100, i * 100 + 100).map(m => [m, 7]))))));
