from typing import Any

class Expression:
    def match(self, candidate: Any) -> bool: ...

class Parser:
    def parse(self, expression: str) -> Expression: ...
