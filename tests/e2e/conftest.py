"""All processes, once for the whole run of end-to-end tests."""

from collections.abc import Iterator

import pytest

from holdfast.cli.internal_client import InternalClient
from holdfast.cli.stack import Stack, running_stack
from tests.helpers import Visitor

KEY = "a-secret-only-for-tests"


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with running_stack(extra={"HOLDFAST_SECRET_INTERNAL": KEY}) as running:
        yield running


@pytest.fixture
def visitor(stack: Stack) -> Visitor:
    return Visitor(stack.url, country="US")


@pytest.fixture
def internal(stack: Stack) -> InternalClient:
    return InternalClient(stack.internal_url, KEY.encode())
