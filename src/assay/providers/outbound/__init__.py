"""The one way out: every call to something outside goes through this client (SEC-20)."""

from assay.providers.outbound.client import OutboundClient

__all__ = ["OutboundClient"]
