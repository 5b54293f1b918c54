"""
The names of MLP as its document type writes them, for messages that write them otherwise.

XML tells `MSID` and `msid` apart; some gateways do not, and send all of a message in upper
or lower case.
"""

from lxml import etree

from dispatch.location.base import Notes
from dispatch.location.xml.safe_xml import local_name

_ELEMENTS = (
    "svc_result", "svc_init", "emerep", "eme_lia", "eme_lirep", "slia", "slirep", "slrep", "slra",
    "tlra", "tlrep", "gem", "eme_event", "eme_pos", "pos", "trl_pos", "pd", "poserr", "result",
    "add_info", "msid", "time", "shape", "Point", "LineString", "Polygon", "Box", "CircularArea",
    "CircularArcArea", "EllipticalArea", "LinearRing", "MultiLineString", "MultiPoint",
    "MultiPolygon", "outerBoundaryIs", "innerBoundaryIs", "coord", "X", "Y", "Z", "radius",
    "distanceUnit", "angularUnit", "angle", "semiMajor", "semiMinor", "inRadius", "outRadius",
    "startAngle", "stopAngle", "lev_conf", "serving_cell", "location_uri", "cgi", "sai", "mcc",
    "mnc", "lac", "cellid", "sac", "lte_ci", "nr_ci", "tac", "ecgi", "ncgi",
    "gsm_net_param", "wcdma_net_param", "cdma_net_param", "lte_net_param", "nr_net_param", "ta",
    "civicloc", "civicloc_element",
)  # fmt: skip
_ATTRIBUTES = ("utc_off", "pos_method", "result_type", "eme_trigger", "resid", "srsName", "type",
               "enc", "ver", "element_type")  # fmt: skip
_BY_LOWER = {name.lower(): name for name in _ELEMENTS}
_ATTRIBUTE_BY_LOWER = {name.lower(): name for name in _ATTRIBUTES}


def restore_names(root: etree._Element, notes: Notes) -> None:
    """Give elements and attributes the names of the standard, whatever their case."""
    for element in root.iter():
        name = local_name(element)
        wanted = _BY_LOWER.get(name.lower(), name)
        if wanted != name:
            element.tag = wanted
            notes.add("name_case", "names in upper or lower case were read as the standard's")
        for attribute in list(element.attrib):
            known = _ATTRIBUTE_BY_LOWER.get(str(attribute).lower(), attribute)
            if known != attribute:
                element.set(known, element.attrib.pop(attribute))
