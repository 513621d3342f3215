import pytest

from assay.core.labels.label_values import LabelClass, LabelSchema
from assay.core.ports.file_format import Naming


@pytest.fixture
def naming():
    return Naming(
        "ripeness",
        "labeling-job/ripeness",
        "groundtruth/image-classification",
        LabelSchema((LabelClass("green"), LabelClass("ripe"))),
    )
