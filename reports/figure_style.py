"""The one look of every picture: a colour for quantum, one for classical, grey for controls."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

QUANTUM, CLASSICAL, CONTROL = "#0072B2", "#D55E00", "#7F7F7F"  # Okabe and Ito's blue and vermilion, and grey

STYLE: dict[str, Any] = {
    "figure.figsize": (6.4, 3.9),
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", "IPAGothic"],
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.labelsize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#555555",
    "axes.labelcolor": "#222222",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "xtick.labelcolor": "#222222",
    "ytick.labelcolor": "#222222",
    "lines.linewidth": 1.8,
    "lines.markersize": 6,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "savefig.facecolor": "white",
    "svg.fonttype": "path",  # the same letters on every machine
    "svg.hashsalt": "kaname",  # the same picture, byte for byte, from the same records
}


@contextmanager
def report_style() -> Iterator[None]:
    """Draw inside this: C0 is quantum, C1 classical, C2 the controls. Nothing is shown on a screen."""
    import matplotlib
    from cycler import cycler

    settings: Any = {**STYLE, "axes.prop_cycle": cycler(color=[QUANTUM, CLASSICAL, CONTROL])}
    with matplotlib.rc_context(settings):
        yield
