import pytest

from assay.core.labels import LabelClass, LabelSchema
from assay.core.ports import Naming


@pytest.fixture
def naming():
    return Naming(
        "ripeness",
        "labeling-job/ripeness",
        "groundtruth/image-classification",
        LabelSchema((LabelClass("green"), LabelClass("ripe"))),
    )
