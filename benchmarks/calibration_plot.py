"""Draws the reliability curve as an SVG of its own: no library, readable as a file."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bin:
    """Calls whose owner was given about this probability, and how often it was right."""

    count: int
    said: float
    right: float


_SIZE, _LEFT, _TOP, _PLOT, _BARS = 640, 76, 64, 440, 84
# Fewer calls than this say nothing; such bins are left out.
_LEAST_CALLS = 20
_INK, _GRID, _LINE, _SHADE = "#1f2933", "#d9dee4", "#0b6e8f", "#8fb8c9"


def reliability_svg(bins: Sequence[Bin], title: str, subtitle: str, *, lowest: float = 0.3) -> str:
    """
    Return the curve with 95 % intervals over a histogram of the probabilities said.

    Parameters
    ----------
    lowest
        Where both axes begin; a probability below it would not own a call.
    """

    def place(value: float) -> float:
        return (value - lowest) / (1.0 - lowest) * _PLOT

    def across(value: float) -> float:
        return _LEFT + place(value)

    def down(value: float) -> float:
        return _TOP + _PLOT - place(max(lowest, min(1.0, value)))

    parts = [_text(_LEFT, 28, title, 18, weight=600), _text(_LEFT, 48, subtitle, 12.5)]
    ticks = [x / 10 for x in range(round(lowest * 10), 11)]
    for tick in ticks:
        x, y = across(tick), down(tick)
        parts.append(_line(x, _TOP, x, _TOP + _PLOT, _GRID))
        parts.append(_line(_LEFT, y, _LEFT + _PLOT, y, _GRID))
        parts.append(_text(x, _TOP + _PLOT + 18, f"{tick:.0%}", 12, anchor="middle"))
        parts.append(_text(_LEFT - 8, y + 4, f"{tick:.0%}", 12, anchor="end"))
    parts.append(_line(across(lowest), down(lowest), across(1.0), down(1.0), "#9aa5b1", dash="5 5"))
    shown = [b for b in bins if b.count >= _LEAST_CALLS and b.said >= lowest]
    for b in shown:
        low, high = interval(b.right, b.count)
        parts.append(_line(across(b.said), down(low), across(b.said), down(high), _SHADE, width=5))
    points = " ".join(f"{across(b.said):.1f},{down(b.right):.1f}" for b in shown)
    parts.append(f'<polyline points="{points}" fill="none" stroke="{_LINE}" stroke-width="2.5"/>')
    for b in shown:
        label = f"said {b.said:.1%}, right {b.right:.1%}, {b.count:,} calls"
        parts.append(
            f'<circle cx="{across(b.said):.1f}" cy="{down(b.right):.1f}" r="4.5" fill="{_LINE}">'
            f"<title>{label}</title></circle>"
        )
    parts.extend(_histogram(shown, across))
    middle = _LEFT + _PLOT / 2
    parts.append(_text(middle, _TOP + _PLOT + 40, "probability given to the owner", 13, "middle"))
    turned = f'transform="rotate(-90 22 {_TOP + _PLOT / 2})"'
    side = _text(22, _TOP + _PLOT / 2, "share of calls where it was right", 13, "middle")
    parts.append(side.replace("<text", f"<text {turned}"))
    height = _TOP + _PLOT + 62 + _BARS + 28
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE - 80} {height}" '
        f'font-family="system-ui, sans-serif" role="img" aria-label="{title}">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def interval(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson)."""
    z = 1.96
    middle = share + z * z / (2 * count)
    half = z * ((share * (1 - share) + z * z / (4 * count)) / count) ** 0.5
    scale = 1 + z * z / count
    return (middle - half) / scale, (middle + half) / scale


def _histogram(bins: Sequence[Bin], across: object) -> list[str]:
    assert callable(across)
    total, floor = sum(b.count for b in bins), _TOP + _PLOT + 62 + _BARS
    parts = [_line(_LEFT, floor, _LEFT + _PLOT, floor, "#9aa5b1")]
    for b in bins:
        height = max(1.0, _BARS * (b.count / total) ** 0.5)
        x = min(float(across(b.said)) - 9, _LEFT + _PLOT - 18)
        parts.append(
            f'<rect x="{x:.1f}" y="{floor - height:.1f}" width="18" height="{height:.1f}" '
            f'fill="{_SHADE}"><title>{b.count:,} calls</title></rect>'
        )
    note = "calls (height is the square root of their number)"
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
