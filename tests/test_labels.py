"""Window labels, put shortly."""

import pytest

from queue_server.labels import label_runs


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        ([], ""),
        (["7"], "7"),
        (["1", "2", "3", "7"], "1–3、7"),
        (["10", "9", "8"], "8–10"),
        (["咨询台", "5", "6"], "咨询台、5–6"),
    ],
)
def test_labels_are_put_shortly(labels: list[str], text: str) -> None:
    assert label_runs(labels) == text
