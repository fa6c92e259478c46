"""Who works on it."""

from __future__ import annotations

from trackteroid.server.demo.script import Entity, Script, known

#: User name, first name, last name, department.
ARTISTS = (
    ("mira", "Mira", "Lindqvist", "Assets"),
    ("tomas", "Tomás", "Ferreira", "Assets"),
    ("ines", "Inès", "Moreau", "Assets"),
    ("oskar", "Oskar", "Nowak", "Shots"),
    ("yuki", "Yuki", "Tanaka", "Shots"),
    ("lena", "Lena", "Vogel", "Shots"),
    ("noor", "Noor", "Haddad", "Shots"),
    ("paul", "Paul", "Okafor", "Production"),
)

#: Who does which kind of work.
WORKERS = {
    "Modeling": "mira",
    "Rigging": "tomas",
    "Lookdev": "ines",
    "Texture": "ines",
    "Layout": "oskar",
    "Animation": "yuki",
    "Compositing": "lena",
    "Editing": "oskar",
    "Production": "paul",
}

#: Tasks that somebody else does.
EXCEPTIONS = {"sync/bc/bc0040/Compositing": "noor"}


def write(script: Script) -> None:
    """Artists, what they may do, and their departments."""
    for username, first_name, last_name, _ in ARTISTS:
        user = script.create(
            "User",
            f"people/{username}",
            username=username,
            first_name=first_name,
            last_name=last_name,
            email=f"{username}@example.com",
            is_active=True,
            resource_type="user",
        )
        role = known("SecurityRole", "User")
        script.create("UserSecurityRole", f"roles/{username}", user=user, security_role=role, is_all_open_projects=True)
    for department in dict.fromkeys(artist[3] for artist in ARTISTS):
        group = script.create("Group", f"groups/{department}", name=department, local=True, resource_type="group")
        for username in (artist[0] for artist in ARTISTS if artist[3] == department):
            script.create("Membership", f"{group.path}/{username}", group=group, user=person(script, username))


def person(script: Script, username: str) -> Entity:
    """Return the artist with this user name."""
    return script[f"people/{username}"]


def worker(script: Script, task: Entity) -> Entity:
    """Return who does `task`."""
    return person(script, EXCEPTIONS.get(task.path) or WORKERS[task.name])
