// What the JavaScript client does with files in a page, as one JSON object on standard output.
import { Session } from "@ftrack/api";
import { JSDOM } from "jsdom";

// A page of another origin than the server, as tools have it: every request of it is asked for first.
const page = new JSDOM("", { url: "http://localhost:3000/" });
const { File, XMLHttpRequest } = page.window;
Object.assign(globalThis, { window: page.window, XMLHttpRequest });

const { FTRACK_SERVER, FTRACK_API_USER, FTRACK_API_KEY } = process.env;
const session = new Session(FTRACK_SERVER, FTRACK_API_USER, FTRACK_API_KEY, { autoConnectEventHub: false });
await session.initializing;
const heard = {};

const bytes = (size) => Uint8Array.from({ length: size }, (_, place) => (place * 7919) % 251);
const same = async (id, sent) => {
  const answer = await fetch(session.getComponentUrl(id));
  const got = new Uint8Array(await answer.arrayBuffer());
  return [answer.status, got.length === sent.length && got.every((byte, place) => byte === sent[place])];
};

async function upload(name, sent, options = {}) {
  const progress = [];
  const file = new File([sent], name);
  const onProgress = (percent) => progress.push(percent);
  const [created, location] = await session.createComponent(file, { ...options, onProgress });
  return { component: created.data, location: location.data, progress };
}

const small = bytes(300_000);
const one = await upload("small.bin", small);
heard.small = {
  name: [one.component.name, one.component.file_type, one.component.size],
  same: await same(one.component.id, small),
  told: one.progress.length > 0,
};

window.FTRACK_UPLOAD_CHUNK_SIZE = 100_000;
const large = bytes(1_234_567);
const many = await upload("large.bin", large);
heard.large = {
  same: await same(many.component.id, large),
  told: many.progress.length > 0,
};

for (const [kind, chunk] of Object.entries({ abortedInOne: 40_000_000, abortedInMany: 4_000_000 })) {
  window.FTRACK_UPLOAD_CHUNK_SIZE = chunk;
  const controller = new AbortController();
  const id = crypto.randomUUID();
  // Whoever aborts hears of it, and nothing else.
  await new Promise((resolve, reject) => {
    const options = { signal: controller.signal, onAborted: resolve, data: { id }, onProgress: () => controller.abort() };
    if (kind === "abortedInOne") {
      // In this page, progress is only told once all is sent.
      options.xhr = new XMLHttpRequest();
      options.xhr.upload.addEventListener("loadstart", () => controller.abort());
    }
    session.createComponent(new File([new Uint8Array(40_000_000)], "aborted.bin"), options).then(reject, reject);
  });
  heard[kind] = (await fetch(session.getComponentUrl(id))).status;
}

delete window.FTRACK_UPLOAD_CHUNK_SIZE;
const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGP4zwAE/wEHAAH/4iOeWQAAAABJRU5ErkJggg==",
  "base64",
);
const thumbnail = await upload("thumbnail.png", picture);
const shown = await fetch(session.thumbnailUrl(thumbnail.component.id, { size: 100 }));
heard.thumbnail = [shown.status, shown.headers.get("content-type")];
const standard = await fetch(session.thumbnailUrl(null));
heard.standard = [standard.status, standard.headers.get("content-type")];

page.window.close();
process.stdout.write(JSON.stringify(heard));
