// A widget: starts an action for each line of standard input, and prints what it hears, one JSON object a line.
import { createInterface } from "node:readline";
import { Event, Session } from "@ftrack/api";
import WebSocket from "ws";

globalThis.WebSocket ??= WebSocket;

const { FTRACK_SERVER, FTRACK_API_USER, FTRACK_API_KEY } = process.env;
const session = new Session(FTRACK_SERVER, FTRACK_API_USER, FTRACK_API_KEY, { autoConnectEventHub: true });
await session.initializing;
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

session.eventHub.subscribe("topic=studio.described", (event) => tell({ text: event.data.text, described: true }));

const ask = async (topic, data) => {
  const options = { timeout: 3 };
  return (await session.eventHub.publishAndWaitForReply(new Event(topic, data), options)).data;
};

tell({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { task, text } = JSON.parse(line);
  const selection = [{ entityId: task, entityType: "task" }];
  try {
    const { items } = await ask("ftrack.action.discover", { selection });
    const launch = { ...items[0], selection, text };
    tell({ text, offered: items[0].label, reply: await ask("ftrack.action.launch", launch) });
  } catch (error) {
    tell({ text, error: String(error) });
  }
}
process.exit(0);
