"""A stand-in supplier in a process of its own, and the shop on both databases whose suppliers have it as their system.

supplier    the stand-in, with an empty list
systems     claims of the shop's suppliers that lead there
octo_world  the flows' world, its suppliers asked through the real gateway
"""

from collections.abc import Iterator
from functools import cache

import pytest

from planner.booking.supplier_system import SupplierSystem
from planner.gateways.safe_http import TOTAL_S, SafeHttp
from planner.gateways.suppliers import RoutedSuppliers
from planner.store import claims, systems
from planner.store.db import transaction
from tests.booking.making import NOW
from tests.flow.conftest import shop_app, snapshots, world
from tests.flow.fakes import World
from tests.standins.octo_supplier import KEY
from tests.standins.running import RunningSupplier

__all__ = ("shop_app", "snapshots", "world")
WITH_A_SYSTEM = ("op-PK01", "op-PK47", "house-ST-LBJ-1", "house-ST-LBJ-5")
SHORT_S = 0.4
"""How long tests wait for a supplier that never answers."""


@cache
def http_to(allowed: str, total_s: float = TOTAL_S) -> SafeHttp:
    """Give the client that may ask a stand-in: one for all tests, since each reads every certificate of the machine."""
    return SafeHttp([allowed], total_s=total_s)


@pytest.fixture(scope="session")
def running_supplier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSupplier]:
    supplier = RunningSupplier(tmp_path_factory.mktemp("supplier"))
    yield supplier
    supplier.stop()


@pytest.fixture
def supplier(running_supplier: RunningSupplier) -> RunningSupplier:
    if not running_supplier.is_running:
        running_supplier.start()
    running_supplier.reset()
    return running_supplier


@pytest.fixture
def octo_world(world: World, supplier: RunningSupplier) -> World:
    with transaction() as session:
        for supplier_id in WITH_A_SYSTEM:
            session.add(claims.Claim(supplier_id=supplier_id, approved_at=NOW))
            systems.connect_system(session, supplier_id, SupplierSystem(supplier.address, KEY), NOW)
    world.suppliers = RoutedSuppliers(systems.choose, http_to(supplier.allowed, SHORT_S))  # type: ignore[assignment]
    return world
