from collections.abc import Iterable, Iterator

PATTERNS: dict[str, str]

class Collection:
    head: str
    tail: str
    padding: int
    def format(self, pattern: str = ...) -> str: ...
    def __iter__(self) -> Iterator[str]: ...

def assemble(
    iterable: Iterable[str], patterns: list[str] | None = None, minimum_items: int = 2
) -> tuple[list[Collection], list[str]]: ...
def parse(value: str, pattern: str = ...) -> Collection: ...
