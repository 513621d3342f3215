"""Tenants: made by name, once."""

from assay.store import db


def tenant_id(name: str) -> int:
    """Return the id of a tenant, which is made if it does not exist yet."""
    db.execute("INSERT INTO tenant (name) VALUES (%s) ON CONFLICT (name) DO NOTHING", [name])
    found = db.row("SELECT id FROM tenant WHERE name = %s", [name])
    assert found is not None
    return int(found[0])


def list_tenants() -> list[int]:
    """Return the id of every tenant."""
    return [int(found) for (found,) in db.rows("SELECT id FROM tenant ORDER BY id")]


def tenant_name(tenant: int) -> str:
    """Return what a tenant is called."""
    found = db.row("SELECT name FROM tenant WHERE id = %s", [tenant])
    return str(found[0]) if found else ""
