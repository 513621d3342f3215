"""Small cuts of two examples go through the whole chain; all of them do so whole among the slow journeys."""

from dataclasses import replace

import pytest
from tests.support.projects import submit

from assay.core.project import lifecycle
from assay.service.delivery.verify_certificate import Result, verify_certificate
from assay.service.examples import find_example
from assay.service.trail.seal_events import demonstration_key
from assay.store.items import items


def cut(name, folder, *, count):
    """Write the first items of an example, with a target that so few can prove."""
    example = find_example(name)
    content = example.content()
    small = replace(
        content,
        rows=content.rows[:count],
        truth=content.truth[:count],
        files=[file for file, _ in zip(content.files, range(count), strict=False)],
    )
    intake = example.intake.replace("right: 0.8", "right: 0.7").replace("people: 30", "people: 12")
    assert intake != example.intake
    return replace(example, content=lambda: small, intake=intake).write(folder)


@pytest.mark.one_database
@pytest.mark.parametrize(("name", "count"), [("shelves", 24), ("entities", 40)])
def test_a_small_cut_of_an_example_ends_delivered_and_verified(installation, tmp_path, name, count):
    project = submit(installation, cut(name, tmp_path / name, count=count))
    project.run()
    assert (project.row.status, project.batch.status) == (
        lifecycle.PRODUCTION_COMPLETE,
        lifecycle.DATA_DELIVERED,
    )
    assert (project.batch.received, project.batch.rejected) == (count, 0)
    assert [row for row in items.all_items(project.batch) if row.near_group is not None] == []
    key = demonstration_key(installation.home)
    found = verify_certificate(project.delivery, trusted=key.fingerprint)
    assert (found.result, found.trusted, list(found.findings)) == (Result.DEMONSTRATION, True, [])
    delivered = {path.name for path in project.delivery.iterdir()}
    assert "labels.manifest" in delivered
    assert not [name for name in delivered if name.endswith(".part")]
