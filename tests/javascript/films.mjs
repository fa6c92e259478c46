// The JavaScript client's part in passing films to and fro, as one JSON object on standard output:
//   films.mjs send FILE     sends a film, and tells its component
//   films.mjs encode ID     lets a film be encoded, and tells what was made of it
//   films.mjs fetch ID...   tells the SHA-256 of what components hold, and how their thumbnails are shown
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Session } from "@ftrack/api";
import { JSDOM } from "jsdom";

const page = new JSDOM("", { url: "http://localhost:3000/" });
const { File, XMLHttpRequest } = page.window;
Object.assign(globalThis, { window: page.window, XMLHttpRequest });

const { FTRACK_SERVER, FTRACK_API_USER, FTRACK_API_KEY } = process.env;
const session = new Session(FTRACK_SERVER, FTRACK_API_USER, FTRACK_API_KEY, { autoConnectEventHub: false });
await session.initializing;

async function send(path) {
  const [created] = await session.createComponent(new File([await readFile(path)], "film.mov"));
  return created.data.id;
}

async function encode(id) {
  const [{ job_id: job }] = await session.call([{ action: "encode_media", component_id: id, keep_original: true }]);
  for (;;) {
    const { data } = await session.query(`select status, data from Job where id is "${job}"`);
    if (["done", "failed"].includes(data[0].status)) return { status: data[0].status, ...JSON.parse(data[0].data) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function fetched(id) {
  const answer = await fetch(session.getComponentUrl(id));
  const digest = createHash("sha256").update(Buffer.from(await answer.arrayBuffer())).digest("hex");
  const thumbnail = await fetch(session.thumbnailUrl(id, { size: 100 }));
  return [digest, answer.headers.get("content-type"), thumbnail.status];
}

const [what, ...rest] = process.argv.slice(2);
const told = { send: () => send(rest[0]), encode: () => encode(rest[0]), fetch: () => Promise.all(rest.map(fetched)) };
const answer = await told[what]();
page.window.close();
process.stdout.write(JSON.stringify(answer));
