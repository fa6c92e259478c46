"""How values are written in queries of ftrack."""


def quoted(value: object) -> str:
    r"""Return a value as a literal of the query language.

    >>> print(quoted('5" disk'))
    "5\" disk"
    """
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
