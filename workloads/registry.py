"""The workloads there are."""

from workloads.battery_electrolyte import BATTERY_ELECTROLYTE
from workloads.hubbard_chain import HUBBARD_CHAIN
from workloads.nitrogen_bond import NITROGEN_BOND
from workloads.oled_emitter import OLED_EMITTER
from workloads.parts_delivery import PARTS_DELIVERY
from workloads.stock_selection import STOCK_SELECTION
from workloads.water_geometry import WATER_GEOMETRY

WORKLOADS = {
    w.name: w
    for w in (
        NITROGEN_BOND,
        STOCK_SELECTION,
        PARTS_DELIVERY,
        HUBBARD_CHAIN,
        OLED_EMITTER,
        BATTERY_ELECTROLYTE,
        WATER_GEOMETRY,
    )
}
