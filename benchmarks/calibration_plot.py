"""Draws the reliability curve as an SVG of its own: no library, readable as a file."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bin:
    """Calls whose owner was given about this probability, and how often it was right."""

    count: int
    said: float
    right: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The bins of one method or one truth."""

    name: str
    bins: Sequence[Bin]


_WIDTH, _LEFT, _TOP, _PLOT, _BARS = 560, 76, 64, 440, 84
# Fewer calls than this say nothing; such bins are left out.
_LEAST_CALLS = 20
_INK, _GRID, _PALE, _AXIS = "#1f2933", "#d9dee4", "#b8bfc7", "#9aa5b1"
_COLOURS = (("#0b6e8f", "#8fb8c9"), ("#b45309", "#e6c199"))
_LOWEST = 0.3


def reliability_svg(
    main: Sequence[Curve], others: Sequence[Curve], title: str, subtitle: str
) -> str:
    """
    Return the curves over a histogram of the probabilities said.

    Parameters
    ----------
    main
        At most two, with 95 % intervals; the histogram is of the first.
    others
        Drawn thin and grey: how far the curve moves in other truths.
    """
    parts = [_text(_LEFT, 28, title, 18, weight=600), _text(_LEFT, 48, subtitle, 12.5), *_grid()]
    parts.extend(_path(curve, _PALE, 1.0) for curve in others)
    for curve, colours in zip(main, _COLOURS, strict=False):
        parts.extend(_curve(curve, *colours))
    parts.extend(_legend(main, others))
    parts.extend(_histogram(_shown(main[0])))
    height = _TOP + _PLOT + 62 + _BARS + 28
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="system-ui, sans-serif" role="img" aria-label="{title}">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def _across(value: float) -> float:
    return _LEFT + (value - _LOWEST) / (1.0 - _LOWEST) * _PLOT


def _down(value: float) -> float:
    return _TOP + _PLOT - (max(_LOWEST, min(1.0, value)) - _LOWEST) / (1.0 - _LOWEST) * _PLOT


def _grid() -> list[str]:
    parts = []
    for tick in (x / 10 for x in range(round(_LOWEST * 10), 11)):
        x, y = _across(tick), _down(tick)
        parts.append(_line(x, _TOP, x, _TOP + _PLOT, _GRID))
        parts.append(_line(_LEFT, y, _LEFT + _PLOT, y, _GRID))
        parts.append(_text(x, _TOP + _PLOT + 18, f"{tick:.0%}", 12, anchor="middle"))
        parts.append(_text(_LEFT - 8, y + 4, f"{tick:.0%}", 12, anchor="end"))
    ends = (_across(_LOWEST), _down(_LOWEST), _across(1.0), _down(1.0))
    parts.append(_line(*ends, _AXIS, dash="5 5"))
    middle, turned = _LEFT + _PLOT / 2, f'transform="rotate(-90 22 {_TOP + _PLOT / 2})"'
    parts.append(_text(middle, _TOP + _PLOT + 40, "probability given to the owner", 13, "middle"))
    side = _text(22, _TOP + _PLOT / 2, "share of calls where it was right", 13, "middle")
    return [*parts, side.replace("<text", f"<text {turned}")]


def _shown(curve: Curve) -> list[Bin]:
    return [b for b in curve.bins if b.count >= _LEAST_CALLS and b.said >= _LOWEST]


def _path(curve: Curve, colour: str, width: float) -> str:
    points = " ".join(f"{_across(b.said):.1f},{_down(b.right):.1f}" for b in _shown(curve))
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}">'
        f"<title>{curve.name}</title></polyline>"
    )


def _curve(curve: Curve, colour: str, shade: str) -> list[str]:
    parts = []
    for b in _shown(curve):
        low, high = interval(b.right, b.count)
        parts.append(
            _line(_across(b.said), _down(low), _across(b.said), _down(high), shade, width=5)
        )
    parts.append(_path(curve, colour, 2.5))
    for b in _shown(curve):
        label = f"said {b.said:.1%}, right {b.right:.1%}, {b.count:,} calls"
        parts.append(
            f'<circle cx="{_across(b.said):.1f}" cy="{_down(b.right):.1f}" r="4.5" '
            f'fill="{colour}"><title>{label}</title></circle>'
        )
    return parts


def _legend(main: Sequence[Curve], others: Sequence[Curve]) -> list[str]:
    rows = [(c.name, colour[0], 2.5) for c, colour in zip(main, _COLOURS, strict=False)]
    if others:
        rows.append((f"one area in {len(others)} other truths", _PALE, 1.5))
    parts = []
    for k, (name, colour, width) in enumerate(rows):
        y = _TOP + 20 + 20 * k
        parts.append(_line(_LEFT + 14, y, _LEFT + 40, y, colour, width=width))
        parts.append(_text(_LEFT + 48, y + 4, name, 12.5))
    return parts


def interval(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson)."""
    z = 1.96
    middle = share + z * z / (2 * count)
    half = z * ((share * (1 - share) + z * z / (4 * count)) / count) ** 0.5
    scale = 1 + z * z / count
    return (middle - half) / scale, (middle + half) / scale


def _histogram(bins: Sequence[Bin]) -> list[str]:
    total, floor = sum(b.count for b in bins), _TOP + _PLOT + 62 + _BARS
    parts = [_line(_LEFT, floor, _LEFT + _PLOT, floor, _AXIS)]
    for b in bins:
        height = max(1.0, _BARS * (b.count / total) ** 0.5)
        x = min(_across(b.said) - 9, _LEFT + _PLOT - 18)
        parts.append(
            f'<rect x="{x:.1f}" y="{floor - height:.1f}" width="18" height="{height:.1f}" '
            f'fill="{_COLOURS[0][1]}"><title>{b.count:,} calls</title></rect>'
        )
    note = "calls with one area (height is the square root of their number)"
    return [*parts, _text(_LEFT, floor + 18, note, 12)]


def _line(x1: float, y1: float, x2: float, y2: float, color: str, **extra: object) -> str:
    width, dash = extra.get("width", 1), extra.get("dash")
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{color}" stroke-width="{width}" stroke-linecap="round"{dashed}/>'
    )


def _text(
    x: float, y: float, text: str, size: float, anchor: str = "start", *, weight: int = 400
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
        f'font-weight="{weight}" fill="{_INK}">{text}</text>'
    )
