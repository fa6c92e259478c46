"""What the official client, in a process of its own, finds on the server."""

import ftrack_api

session = ftrack_api.Session()
version = session.query(
    "select version, is_published, asset.name, task.name, components.name, "
    "components.component_locations.resource_identifier, components.component_locations.location.name "
    'from AssetVersion where asset.name is "bc0040_comp" order by version descending'
).first()
print(f"version:   {version['asset']['name']} v{version['version']:03} of task {version['task']['name']}")
print(f"published: {version['is_published']}")
for component in version["components"]:
    for location in component["component_locations"]:
        print(f"component: {component['name']} at {location['resource_identifier']} in {location['location']['name']}")
session.close()
