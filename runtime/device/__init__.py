"""The sector engine as a PennyLane device: `qml.device("kaname.sector", wires=n)`.

What may be imported is `SectorDevice`; PennyLane finds it by its name.
"""

from runtime.device.sector_device import SectorDevice

__all__ = ["SectorDevice"]
