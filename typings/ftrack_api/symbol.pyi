class Symbol:
    name: str
    value: bool
    def __init__(self, name: str, value: bool = True) -> None: ...
    def __bool__(self) -> bool: ...

NOT_SET: Symbol
CREATED: Symbol
MODIFIED: Symbol
DELETED: Symbol
ORIGIN_LOCATION_ID: str
UNMANAGED_LOCATION_ID: str
REVIEW_LOCATION_ID: str
CONNECT_LOCATION_ID: str
SERVER_LOCATION_ID: str
CHUNK_SIZE: int
COMPONENT_ADDED_TO_LOCATION_TOPIC: str
