"""Speak to a server from Python, in a notebook or a script.

>>> from assay.client import connect
>>> assay = connect("https://assay.example.org", key="assay_...")  # doctest: +SKIP
>>> project = assay.file("intake.yaml")  # doctest: +SKIP
>>> assay.wait(project.batch, until="Ready for review")  # doctest: +SKIP
>>> assay.accept(project.batch)  # doctest: +SKIP
"""

from assay.client.client import Client, connect
from assay.client.connection import NoServer, Refused
from assay.client.values import Batch, Delivery, Draft, Item, Member, Page, Project, Supplement, Task

__all__ = [
    "Batch",
    "Client",
    "Delivery",
    "Draft",
    "Item",
    "Member",
    "NoServer",
    "Page",
    "Project",
    "Refused",
    "Supplement",
    "Task",
    "connect",
]
