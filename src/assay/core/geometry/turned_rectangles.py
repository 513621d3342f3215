"""Turned rectangles: their corners, and how much two of them overlap."""

import numpy as np

from assay.core.ports.answers import Floats


def corners(centre: tuple[float, float], size: tuple[float, float], angle: float) -> Floats:
    """Return the four corners in order, shape (4, 2).

    Args:
        centre: x and y.
        size: the length along the direction that `angle` turns to, and across it.
        angle: radians from the x axis towards the y axis.
    """
    along = np.array([np.cos(angle), np.sin(angle)]) * size[0] / 2
    across = np.array([-np.sin(angle), np.cos(angle)]) * size[1] / 2
    turned = np.stack([along + across, across - along, -along - across, along - across])
    found: Floats = turned + np.array(centre)
    return found


def area(polygon: Floats) -> float:
    """Return the area of a polygon, shape (points, 2), by the shoelace formula."""
    x, y = polygon.T
    return abs(float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum())) / 2


def common_area(one: Floats, two: Floats) -> float:
    """Return the area that two convex polygons share (Sutherland and Hodgman 1974).

    The corners of both stand in the order of `corners`: from x towards y.
    """
    left = one
    for start, end in zip(two, np.roll(two, -1, axis=0), strict=True):
        if len(left) == 0:
            return 0.0
        edge = end - start
        # Positive on the inner side of the edge, with corners in that order.
        side = edge[0] * (left[:, 1] - start[1]) - edge[1] * (left[:, 0] - start[0])
        kept = []
        for k in range(len(left)):
            here, ahead = left[k], left[(k + 1) % len(left)]
            a, b = side[k], side[(k + 1) % len(left)]
            if a >= 0:
                kept.append(here)
            if (a < 0) != (b < 0) and a != b:
                kept.append(here + (ahead - here) * (a / (a - b)))
        left = np.array(kept).reshape(-1, 2)
    return area(left) if len(left) > 2 else 0.0
