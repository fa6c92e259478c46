// The JavaScript client sends files for whoever tells it to, and goes on when its server is killed. For each line
// {"id", "size", "chunk"} on standard input it says {"id", "error"} on standard output once it is done, or has given up.
import { createInterface } from "node:readline";
import { Session } from "@ftrack/api";
import { JSDOM } from "jsdom";

const page = new JSDOM("", { url: "http://localhost:3000/" });
const { File, XMLHttpRequest } = page.window;
Object.assign(globalThis, { window: page.window, XMLHttpRequest });

// It tries again after seconds. Time passes faster here.
const { setTimeout: wait } = globalThis;
globalThis.setTimeout = (then, milliseconds, ...rest) => wait(then, milliseconds >= 500 ? milliseconds / 100 : milliseconds, ...rest);

const { FTRACK_SERVER, FTRACK_API_USER, FTRACK_API_KEY } = process.env;
const session = new Session(FTRACK_SERVER, FTRACK_API_USER, FTRACK_API_KEY, { autoConnectEventHub: false });
await session.initializing;

const bytes = (size) => Uint8Array.from({ length: size }, (_, place) => (place * 7919) % 251);

for await (const line of createInterface({ input: process.stdin })) {
  const { id, size, chunk } = JSON.parse(line);
  window.FTRACK_UPLOAD_CHUNK_SIZE = chunk;
  // What it does not wait for, it cannot tell either.
  const lost = new Promise((_, reject) => process.once("unhandledRejection", reject));
  const done = session.createComponent(new File([bytes(size)], "sent.bin"), { data: { id } });
  const error = await Promise.race([done, lost]).then(() => null, String);
  process.removeAllListeners("unhandledRejection");
  process.stdout.write(`${JSON.stringify({ id, error })}\n`);
}
page.window.close();
