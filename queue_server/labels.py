"""The labels of windows, put shortly."""

from __future__ import annotations


def window_number(label: str) -> bool:
    """``7``, ``A44``: a window's label that is read as a number, not a name such as ``综合服务台``."""
    return label.isdigit() or (label.isascii() and len(label) <= 3)


def label_runs(labels: list[str], comma: str = "、") -> str:
    """``["咨询台", "3", "4", "5", "9"]`` as ``咨询台、3–5、9``: names first, then the numbers in order."""
    names = [label for label in labels if not (label.isascii() and label.isdigit())]
    spans: list[list[int]] = []
    for number in sorted({int(label) for label in labels if label not in names}):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return comma.join([*names, *(str(low) if low == high else f"{low}–{high}" for low, high in spans)])
