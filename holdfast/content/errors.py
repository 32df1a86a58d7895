"""What is wrong with a content file, said to the person who edits it."""

from __future__ import annotations


class ContentError(Exception):
    """A content file cannot be used. ``file`` and ``key`` say where, ``problem`` what, ``remedy`` what to do."""

    def __init__(self, file: str, key: str, problem: str, remedy: str) -> None:
        super().__init__(f"{file}: {key}: {problem} {remedy}")
        self.file = file
        self.key = key
        self.problem = problem
        self.remedy = remedy
