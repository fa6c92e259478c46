// What the JavaScript client says and hears, as one JSON object on standard output.
import { Session, operation, projectSchema } from "@ftrack/api";

const session = new Session(process.env.FTRACK_SERVER, process.env.FTRACK_API_USER, process.env.FTRACK_API_KEY, {
  autoConnectEventHub: false,
});
await session.initializing;
const heard = { serverVersion: session.serverVersion, types: session.schemas.length };

const tasks = await session.query("select name, status.state.short, link, created_at, parent.name from Task limit 3");
heard.tasks = tasks.data;
heard.next = tasks.metadata.next;

const merged = await session.query("select version, asset.versions.version from AssetVersion where version is 2 limit 1");
heard.versionsOfAsset = merged.data[0].asset.versions.map((version) => version.version);

const name = `js-${Date.now()}`;
const user = await session.create("User", { username: name, first_name: "Java" });
heard.created = user.data;
const updated = await session.update("User", [user.data.id], { last_name: "Script" });
heard.updated = updated.data;
heard.found = (await session.query(`User where username is "${name}"`)).data.length;

const project = (await session.query("select project_schema_id from Project limit 1")).data[0];
const batch = await session.call([
  operation.create("Sequence", { name: `${name}-sq`, parent_id: project.id }),
  operation.query(`select name, project_id from Sequence where name is "${name}-sq"`),
]);
heard.batch = [batch[0].data.name, batch[1].data[0].project_id === project.id];

heard.ensured = [
  (await session.ensure("Scope", { name })).id,
  (await session.ensure("Scope", { name })).id,
];
heard.statuses = (await projectSchema.getStatuses(session, project.project_schema_id, "Task")).map((s) => s.name);
heard.shotStatuses = (await projectSchema.getStatuses(session, project.project_schema_id, "Shot")).map((s) => s.name);
heard.versionStatuses = (
  await projectSchema.getStatuses(session, project.project_schema_id, "AssetVersion")
).map((s) => s.name);

const plain = await session.query("select status.name from Task where status.name is_not none limit 20", {
  ensureSerializableResponse: true,
});
heard.denormalised = plain.data.every((task) => typeof task.status.name === "string");

const told = await session.call([
  { action: "permissions", entity_types: ["Task", "StatusChange"] },
  { action: "compute_rollups", ids: [project.id], attributes: ["bid", "end_date"] },
  { action: "get_widget_url", name: "info", entity_type: "Project", entity_key: [project.id] },
  { action: "delayed_job", job_type: "SYNC_USERS_LDAP" },
]);
heard.told = { permissions: told[0].data, rollups: told[1].data, job: told[3].data };
const page = await fetch(told[2].widget_url);
heard.page = [page.status, (await page.text()).startsWith("<!doctype html>")];

try {
  await session.query("Task where nothing is 1");
} catch (error) {
  heard.error = [error.name, error.message];
}
heard.deleted = (await session.delete("User", [user.data.id])).data;
heard.gone = (await session.query(`User where username is "${name}"`)).data.length;

try {
  const intruder = new Session(process.env.FTRACK_SERVER, process.env.FTRACK_API_USER, "wrong", {
    autoConnectEventHub: false,
  });
  await intruder.initializing;
} catch (error) {
  heard.refused = [error.name, error.errorCode];
}
process.stdout.write(JSON.stringify(heard));
